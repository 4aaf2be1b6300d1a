import assert from "node:assert/strict";
import { join } from "node:path";
import type { EventLog } from "#commands/ports/event-log.ts";
import { newId } from "#commands/kernel/command-id.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import { projections } from "#infra/projections.ts";
import { replayInThread, type ThreadStores } from "#infra/replay/in-thread.ts";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { replay, type ReplayAsked, type ReplayTold } from "#projections/kernel/replay/replay.ts";
import { temporaryFolder } from "#test/api/cli/support/waybill.ts";
import { openDatabase } from "#test/support/projecting.ts";

const asked: ReplayAsked = { names: ["explorer", "ledger"], at: null, against: null, rows: 20 };
const never = new AbortController().signal;

const cause = () => ({ actor: "system", commandId: newId(), correlationId: newId() });
const ticks = () => Array.from({ length: 100 }, (_, index) => ({ id: newId(), type: "test.Ticked.v1", data: { index } }));

const fill = async (log: EventLog, count: number) => {
  for (let done = 0; done < count; done += 100) await log.append("test.clock", ticks(), { expected: "any", cause: cause() });
};

const told = () => {
  const all: ReplayTold[] = [];
  return { all, tell: async (one: ReplayTold) => void all.push(one), digests: () => new Map(all.flatMap((one) => ("replayed" in one ? [[one.replayed.name, one.replayed.digest]] : []))) };
};

describe("A replay in a thread of its own", function () {
  this.timeout(40_000);
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file = "";
  before(async () => {
    opened = await openDatabase();
    folder = await temporaryFolder();
    file = join(folder.path, "log.sqlite");
    await using log = openSqliteLog(file);
    await fill(log, 4000);
  });
  after(async () => {
    await folder[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });

  const stores = (): ThreadStores => ({ connect: { connectionString: opened.url }, file });
  const scratch = () => opened.database.query({ text: "select nspname from pg_namespace where nspname ^@ 'scratch_'" });

  it("makes what a replay here makes", async () => {
    await using log = openSqliteLog(file);
    const [here, there] = [told(), told()];
    await replay({ projections, log, database: opened.database }, asked, here.tell, never);
    await replayInThread({ stores: stores(), asked }, there.tell, never);
    assert.deepEqual(there.digests(), here.digests());
    assert.equal(there.digests().size, 2);
  });

  it("reads a log that is in PostgreSQL", async () => {
    await using log = await openPostgresLog({ connect: { connectionString: opened.url } });
    await fill(log, 200);
    const { all, tell } = told();
    await replayInThread({ stores: { ...stores(), file: null }, asked }, tell, never);
    assert.deepEqual(all.flatMap((one) => ("replayed" in one ? [one.replayed.position] : [])), [200, 200]);
  });

  it("drops its tables when it is broken off", async () => {
    const stop = new AbortController();
    const tell = async () => stop.abort();
    await assert.rejects(replayInThread({ stores: stores(), asked }, tell, stop.signal), { name: "AbortError" });
    assert.deepEqual(await scratch(), []);
  });

  it("fails where a store is not there, and does not begin when it is broken off before", async () => {
    const nowhere = { ...stores(), connect: { host: "127.0.0.1", port: 1 } };
    await assert.rejects(replayInThread({ stores: nowhere, asked }, told().tell, never));
    await assert.rejects(replayInThread({ stores: stores(), asked }, told().tell, AbortSignal.abort()), { name: "AbortError" });
  });
});
