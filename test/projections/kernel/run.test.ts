import assert from "node:assert/strict";
import type { Database } from "#projections/ports/sql.ts";
import { breaking, breakPoints } from "#test/support/breaking.ts";
import { eventually, openDatabase, patience, rowsOf, runner } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";
import { counted, countedOf, ignored, sumsOf, tally } from "#test/support/tally.ts";

describe("The runner of projections", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  beforeEach(async () => {
    opened = await openDatabase();
  });
  afterEach(() => opened[Symbol.asyncDispose]());

  it("brings a new read model from the beginning to the present, then follows", async () => {
    const log = scriptedLog();
    log.write(...Array.from({ length: 2500 }, (_, index) => counted(`key-${index % 7}`, index)));
    await using models = runner({ ...opened, log }, [tally()], { limit: 100 });
    assert.deepEqual(await models.reached("tally", 2500, patience), { position: 2500, stale: false });
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
    log.write(counted("late", 5));
    await models.reached("tally", 2501, patience);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("goes on after a restart where it was", async () => {
    const log = scriptedLog();
    log.write(counted("a"), counted("b"));
    {
      await using before = runner({ ...opened, log }, [tally()]);
      await before.reached("tally", 2, patience);
    }
    log.write(counted("a"));
    await using after = runner({ ...opened, log }, [tally()]);
    await after.reached("tally", 3, patience);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("applies each event once, whichever statement of a batch the connection breaks at", async () => {
    const log = scriptedLog();
    const faults = breaking(opened.database);
    await using models = runner({ database: faults.database, log }, [tally()], { limit: 10 });
    await models.reached("tally", 0, patience);
    for (const when of breakPoints) {
      log.write(...Array.from({ length: 25 }, (_, index) => counted(`key-${index % 3}`, index)));
      faults.next(when);
      await models.reached("tally", log.events.length, patience);
      assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events), when);
    }
    assert.equal(faults.count(), 4);
  });

  it("moves on over pages without a matching event, here at once and in the table soon", async () => {
    const log = scriptedLog();
    await using models = runner({ ...opened, log }, [tally()], { limit: 5 });
    log.write(...Array.from({ length: 100 }, ignored));
    assert.deepEqual(await models.reached("tally", 100, patience), { position: 100, stale: false });
    const stored = () => opened.database.query<{ position: number }>({ text: "select position from waybill.projections" });
    await eventually(stored, ([row]) => row?.position === 100);
  });

  it("writes no checkpoint for every page without a matching event", async () => {
    const log = scriptedLog();
    const { database, moves } = moving(opened.database);
    await using models = runner({ ...opened, database, log }, [tally()], { limit: 5 });
    log.write(counted("a"));
    await models.reached("tally", 1, patience);
    const [before, began] = [moves(), performance.now()];
    log.write(...Array.from({ length: 1000 }, ignored));
    await models.reached("tally", 1001, patience);
    // 200 pages went by, and a fifth of a second for each write at least.
    const most = Math.ceil((performance.now() - began) / 200);
    assert.ok(moves() - before <= most, `${moves() - before} writes`);
  });

  it("stops one projection alone at an event it cannot apply, says where and why, with everything before it applied", async () => {
    const log = scriptedLog();
    const fragile = tally({
      name: "fragile",
      apply: async (batch, sql) => {
        if (batch.some(({ key }) => key === "poison")) throw new Error("no such luck");
        await tally().apply(batch, sql);
      },
    });
    const told: string[] = [];
    await using models = runner({ ...opened, log }, [tally(), fragile], { stopped: (name, error) => told.push(`${name}: ${error}`) });
    const [, , poison] = log.write(counted("a"), counted("b"), counted("poison"), counted("c"));
    await models.reached("tally", 4, patience);
    assert.deepEqual(await models.reached("fragile", 4, patience), { position: 2, stale: true });
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
    assert.deepEqual(await rowsOf(opened.database, "fragile.sums"), sumsOf(log.events.slice(0, 2)));
    const [sound, stopped] = await models.status();
    assert.equal(sound?.state, "running");
    assert.deepEqual(
      { ...stopped },
      {
        name: "fragile",
        generation: 1,
        position: 2,
        lag: 2,
        state: "stopped",
        error: "no such luck",
        failedPosition: 3,
        failedEvent: poison?.id,
        rebuilding: null,
      },
    );
    assert.deepEqual(told, ["fragile: no such luck"]);
  });

  it("finds an event that it cannot even read", async () => {
    const log = scriptedLog();
    await using models = runner({ ...opened, log }, [tally()]);
    log.write(...Array.from({ length: 50 }, (_, index) => counted("a", index)), counted("b", 1, { broken: true }), counted("c"));
    await models.reached("tally", 52, patience);
    const [status] = await models.status();
    assert.deepEqual([status?.position, status?.failedPosition, status?.error], [50, 51, "broken beyond reading"]);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events.slice(0, 50)));
  });

  it("tries a stopped projection again after a restart", async () => {
    const log = scriptedLog();
    log.write(counted("a"), counted("b", 1, { broken: true }), counted("c"));
    {
      await using before = runner({ ...opened, log }, [tally()]);
      await eventually(before.status, ([status]) => status?.state === "stopped");
    }
    const mended = tally({ decode: countedOf });
    await using after = runner({ ...opened, log }, [mended]);
    // The row says of the run before that it is stopped, until the new owner has it.
    const [status] = await eventually(after.status, ([status]) => status?.state === "running" && status.position === 3);
    assert.deepEqual([status?.error, status?.failedPosition], [null, null]);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("builds a read model anew whose schema is gone", async () => {
    const log = scriptedLog();
    log.write(counted("a"), counted("b"));
    {
      await using before = runner({ ...opened, log }, [tally()]);
      await before.reached("tally", 2, patience);
    }
    await opened.database.query({ text: "drop schema tally cascade" });
    await using after = runner({ ...opened, log }, [tally()]);
    await after.reached("tally", 2, patience);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("leaves a schema alone that somebody else made", async () => {
    await opened.database.query({ text: "create schema tally" });
    await opened.database.query({ text: "create table tally.sums (precious text)" });
    await using models = runner({ ...opened, log: scriptedLog() }, [tally()]);
    const [status] = await eventually(models.status, ([status]) => status?.state === "stopped");
    assert.match(status?.error ?? "", /schema tally is not Waybill's/);
    assert.deepEqual(models.unready(), ["tally"]);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), []);
  });
});

/** A database that counts the moves of checkpoints. */
const moving = (database: Database) => {
  let moves = 0;
  const query: Database["query"] = (statement) => {
    if (statement.name === "projections_move") moves++;
    return database.query<never>(statement);
  };
  return { database: { ...database, query }, moves: () => moves };
};
