import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Database } from "#projections/ports/sql.ts";
import { breakPoints } from "#test/support/breaking.ts";
import { history } from "#test/support/history.ts";
import { eventually, openDatabase, patience, rowsOf, runner } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";
import { counted, sumsOf, tally } from "#test/support/tally.ts";

describe("Owners of a projection", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  beforeEach(async () => {
    opened = await openDatabase();
  });
  afterEach(() => opened[Symbol.asyncDispose]());

  it("are one at a time: of two runners one applies, and the other takes over when it closes", async () => {
    const log = scriptedLog();
    const applied: string[] = [];
    const as = (who: string) => tally({ apply: (batch, sql) => (applied.push(who), tally().apply(batch, sql)) });
    const first = runner({ ...opened, log }, [as("first")]);
    await first.reached("tally", 0, patience);
    await eventually(first.status, ([status]) => status?.state === "running");
    await using second = runner({ ...opened, log }, [as("second")]);
    for (let round = 0; round < 20; round++) {
      log.write(counted("a", round));
      await second.reached("tally", log.events.length, patience);
    }
    assert.deepEqual([...new Set(applied)], ["first"]);
    await first[Symbol.asyncDispose]();
    log.write(counted("b"));
    assert.deepEqual(await second.reached("tally", log.events.length, patience), { position: 21, stale: false });
    assert.deepEqual([...new Set(applied)], ["first", "second"]);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("write nothing more once another took over", async () => {
    const log = scriptedLog();
    const held = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const slow = tally({
      apply: async (batch, sql) => {
        entered.resolve();
        await held.promise;
        await tally().apply(batch, sql);
      },
    });
    await using former = runner({ ...opened, log }, [slow]);
    log.write(counted("a"), counted("b"));
    await entered.promise;
    await takenOver(opened.database);
    await using latter = runner({ ...opened, log }, [tally()]);
    await latter.reached("tally", 2, patience);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
    held.resolve();
    log.write(counted("a"));
    await latter.reached("tally", 3, patience);
    await former.reached("tally", 3, patience);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("who lose their lease do not take what follows for poison", async () => {
    const log = scriptedLog();
    const held = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const failing = tally({
      apply: async () => {
        entered.resolve();
        await held.promise;
        throw new Error("duplicate key value violates unique constraint");
      },
    });
    const told: string[] = [];
    await using former = runner({ ...opened, log }, [failing], { stopped: (_, error) => told.push(error) });
    log.write(counted("a"));
    await entered.promise;
    await takenOver(opened.database);
    await using latter = runner({ ...opened, log }, [tally()]);
    await latter.reached("tally", 1, patience);
    held.resolve();
    await former.reached("tally", 1, patience);
    assert.deepEqual(told, []);
    const [status] = await latter.status();
    assert.equal(status?.state, "running");
  });

  it("are replaced within seconds when their process is killed, and every event counts once", async () => {
    const log = history();
    for (const point of breakPoints) await killed(opened.url, { owner: "doomed", point });
    await using heir = runner({ ...opened, log }, [tally()]);
    await heir.reached("tally", log.events.length, patience);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("who start again under the same name need not wait for their old lease", async () => {
    const log = history();
    await killed(opened.url, { owner: "same", point: "before commit" });
    await opened.database.query({ text: "update waybill.leases set expires = now() + interval '1 hour'" });
    await using again = runner({ ...opened, log }, [tally()], { owner: "same" });
    await again.reached("tally", log.events.length, patience);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });
});

/** As if the owner had hung for longer than its lease, and another had come and gone. */
const takenOver = async (database: Database): Promise<void> => {
  await database.query({ text: "update waybill.leases set owner = null, token = token + 1" });
  await database.query({ text: "update waybill.projections set fence = fence + 1" });
};

/** A process that runs the tally over `history` and kills itself, kill -9, in the third batch. */
const killed = async (url: string, { owner, point }: { readonly owner: string; readonly point: string }): Promise<void> => {
  const script = fileURLToPath(new URL("../../support/doomed-runner.ts", import.meta.url));
  const child = spawn(process.execPath, [script, url, owner, point], { stdio: ["ignore", "ignore", "inherit"] });
  const ended: unknown[] = await once(child, "exit");
  assert.deepEqual(ended, [null, "SIGKILL"]);
};
