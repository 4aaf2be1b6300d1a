import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { newId } from "#commands/kernel/command-id.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import { eventually, openDatabase, rowsOf } from "#test/support/projecting.ts";
import { redisProgram, startRedis, type TestRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";
import { counted, sumsOf } from "#test/support/tally.ts";

const script = fileURLToPath(new URL("../../support/competing-runner.ts", import.meta.url));

/** A log in a database, and processes that compete for the projection of it. */
const world = async (redis?: TestRedis) => {
  const opened = new AsyncDisposableStack();
  const { url, database } = opened.use(await openDatabase());
  const log = opened.use(await openPostgresLog({ connect: { connectionString: url } }));
  const children = new Map<string, ChildProcess>();
  opened.defer(async () => {
    for (const child of children.values()) child.kill("SIGKILL");
  });

  const written = async () => (await log.readAll({ after: 0, limit: 10_000 })).events;
  const write = async (...keys: readonly string[]) => {
    const events = keys.map((key) => Object.assign(counted(key), { id: newId() }));
    await log.append("test.tally-1", events, { expected: "any", cause: { actor: "test", commandId: newId(), correlationId: newId() } });
  };
  const sums = () => rowsOf(database, "tally.sums").catch((): readonly object[] => []);
  const writers = () => database.query<{ who: string; events: number }>({ text: "select who, events from tally.writers order by nth" });
  return {
    database,
    write,
    writers,
    /** Resolves when everything is in the read model; fails when anything is there twice. */
    settled: async () => {
      const wanted = sumsOf(await written());
      await eventually(sums, (rows) => JSON.stringify(rows) === JSON.stringify(wanted));
      const counts = (await writers()).map(({ events }) => events);
      assert.equal(counts.reduce((sum, count) => sum + count, 0), (await written()).length);
    },
    last: async () => (await writers()).at(-1)?.who,
    start: (owner: string) => {
      const child = spawn(process.execPath, [script, url, owner, redis?.url ?? "", "competing"], { stdio: ["ignore", "ignore", "inherit"] });
      children.set(owner, child);
    },
    signal: async (owner: string, signal: NodeJS.Signals) => {
      const child = children.get(owner);
      child?.kill(signal);
      if (child && signal === "SIGKILL") await once(child, "exit");
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
};

describe("Processes that compete for a projection", () => {
  it("replace one that was killed, and every event counts once", async () => {
    await using competing = await world();
    const { start, write, settled, last, signal } = competing;
    start("one");
    await write("a", "b");
    await settled();
    start("other");
    for (let round = 0; round < 5; round++) await write("a");
    await settled();
    assert.equal(await last(), "one");
    await signal("one", "SIGKILL");
    await write("b");
    await settled();
    assert.equal(await last(), "other");
  });

  it("replace one that was stopped; it writes nothing when it wakes up, and stands back", async () => {
    await using competing = await world();
    const { start, write, settled, last, signal, writers, database } = competing;
    start("one");
    await write("a");
    await settled();
    start("other");
    await write("stop-one", "a");
    await settled();
    assert.equal(await last(), "other");
    const [before] = await database.query({ text: "select fence from waybill.projections" });
    await signal("one", "SIGCONT");
    for (let round = 0; round < 20; round++) {
      await write("a", "b");
      await settled();
    }
    assert.deepEqual((await writers()).filter(({ who }) => who === "one"), [{ who: "one", events: 1 }]);
    assert.deepEqual((await database.query({ text: "select fence from waybill.projections" }))[0], before);
    // It is at work again, as the one who waits.
    await signal("other", "SIGKILL");
    await write("b");
    await settled();
    assert.equal(await last(), "one");
  });

  whenThere("redis", redisProgram, () =>
    it("go on when the Redis of their lease dies, and when it is back", async () => {
      await using redis = await startRedis();
      await using competing = await world(redis);
      const { start, write, settled, last, signal } = competing;
      start("one");
      await write("a");
      await settled();
      start("other");
      await redis.kill();
      for (let round = 0; round < 10; round++) {
        await write("a", "b");
        await settled();
      }
      await redis.start();
      const holder = (await last()) ?? "";
      await signal(holder, "SIGKILL");
      for (let round = 0; round < 10; round++) {
        await write("b");
        await settled();
      }
      assert.notEqual(await last(), holder);
    }),
  );
});
