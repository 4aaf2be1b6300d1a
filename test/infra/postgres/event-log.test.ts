import assert from "node:assert/strict";
import { Client } from "pg";
import { newId } from "#commands/kernel/command-id.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import { append, everything, eventsOf, noLimits, outcomes, pagesUntil, type Store, upTo } from "#test/conformance/event-log/harness.ts";
import { eventLogConformance } from "#test/conformance/event-log/suite.ts";
import { freshDatabase, startPostgres } from "#test/support/postgres.ts";
import { openProxy } from "#test/support/proxy.ts";

const open = (url: string): Promise<EventLog> => openPostgresLog({ connect: { connectionString: url } });

// One database for all stores, one after the other: to make a database takes longer than most tests.
let database: ReturnType<typeof freshDatabase> | undefined;
const store = async (): Promise<Store> => {
  database ??= freshDatabase();
  const { url } = await database;
  const way = await wayTo(url);
  return {
    open: () => open(way.url),
    interrupt: async () => {
      way.become("cut");
      return { restore: async () => way.become("open") };
    },
    elsewhere: { opener: new URL("opener.ts", import.meta.url), location: url },
    slowAppend: (stream) => slowAppend(url, stream),
    [Symbol.asyncDispose]: async () => {
      await way[Symbol.asyncDispose]();
      await inDatabase(url, "drop schema waybill_log cascade");
    },
  };
};
after(async () => (await database)?.[Symbol.asyncDispose]());

const wayTo = async (url: string) => {
  const { hostname, port } = new URL(url);
  const proxy = await openProxy({ host: hostname, port: Number(port || 5432) });
  const way = new URL(url);
  way.host = `127.0.0.1:${proxy.port}`;
  return { ...proxy, url: way.href };
};

/** Appends as any process does, by the function, in a transaction that stays open. */
const slowAppend = async (url: string, stream: string) => {
  const client = await connected(url);
  await client.query("begin");
  await client.query({
    text: `select waybill_log.append(array[$1], '{0}', '{-2}', '{1}', '{system}', '{null}', array[$2], array[$2], '{null}', '{null}', '{1}', '{1}', $2, 'test.Ticked.v1', '{}', false)`,
    values: [stream, newId()],
  });
  return {
    commit: async () => {
      await client.query("commit");
      await client.end();
    },
  };
};

const connected = async (url: string): Promise<Client> => {
  const client = new Client(url);
  await client.connect();
  return client;
};

eventLogConformance("postgres", { limits: noLimits, interruptible: true, store });

describe("postgres as an EventLog: its own", () => {
  it("makes its schema once when many processes start together", async () => {
    await using database = await freshDatabase();
    const logs = await Promise.all(upTo(8).map(() => open(database.url)));
    await Promise.all(logs.map((log, index) => append(log, `test.clock-${index}`)));
    for (const log of logs) {
      assert.equal(await log.head(), 8);
      await log[Symbol.asyncDispose]();
    }
  });

  it("refuses a schema that a later version made", async () => {
    await using database = await freshDatabase();
    const log = await open(database.url);
    await log[Symbol.asyncDispose]();
    await inDatabase(database.url, "update waybill_log.schema set version = 99");
    await assert.rejects(open(database.url), /later version/);
  });

  it("is unavailable where no server answers", async () => {
    await assert.rejects(open("postgres://nobody@127.0.0.1:1/nothing"), Unavailable);
  });

  it("is not held up by a writing transaction in another database, nor by a reading one in its own", async () => {
    await using elsewhere = await freshDatabase();
    await using database = await freshDatabase();
    await using log = await open(database.url);
    const [writing, reading] = [await connected(elsewhere.url), await connected(database.url)];
    await writing.query("create table t (a int); begin; insert into t values (1); select pg_current_xact_id()");
    await reading.query("begin isolation level repeatable read; select count(*) from waybill_log.events");
    const following = pagesUntil(log.subscribe({ after: 0, limit: 1, signal: new AbortController().signal }), (events) => events.length === 20);
    for (const index of upTo(20)) await append(log, `test.clock-${index % 3}`);
    assert.deepEqual(eventsOf(await following).map(({ position }) => position), upTo(20).map((index) => index + 1));
    await Promise.all([writing.end(), reading.end()]);
  });

  it("says so when it cannot know what became of an append, and the same command finds the truth", async () => {
    await using database = await freshDatabase();
    await using log = await open(database.url);
    const slow = await slowAppend(database.url, "test.clock-slow");
    const commandId = newId();
    const lost = outcomes([append(log, "test.clock-1", 1, "none", commandId)]);
    await terminateWaiting(database.url);
    assert.ok((await lost).failed[0] instanceof Unavailable);
    await slow.commit();
    assert.equal((await append(log, "test.clock-1", 1, "none", commandId)).revision, 0);
    assert.equal((await everything(log)).length, 2);
  });

  it("survives kill -9 of the server, and carries on by itself: appends, reads and subscriptions", async () => {
    await using server = await startPostgres({ fsync: true });
    await using log = await open(server.url);
    const following = pagesUntil(log.subscribe({ after: 0, signal: new AbortController().signal }), (events) => events.some(({ stream }) => stream === "test.clock-after"));
    const before = await Promise.all(upTo(50).map((index) => append(log, `test.clock-${index}`)));
    await server.kill();
    await assert.rejects(append(log, "test.clock-1"), Unavailable);
    await assert.rejects(log.head(), Unavailable);
    await server.start();
    await append(log, "test.clock-after");
    assert.deepEqual((await everything(log)).map(({ position }) => position), upTo(51).map((index) => index + 1));
    assert.equal(eventsOf(await following).length, 51);
    assert.equal(Math.max(...before.map(({ position }) => position)), 50);
  });

  it("leaves the driver's parsers as they are for everybody else", async () => {
    await using database = await freshDatabase();
    await using log = await open(database.url);
    await append(log, "test.clock-1");
    const client = await connected(database.url);
    const { rows } = await client.query<{ position: unknown; at: unknown }>("select position, at from waybill_log.events");
    await client.end();
    assert.ok(rows[0]?.position === "1" && rows[0].at instanceof Date);
  });
});

const inDatabase = async (url: string, statement: string) => {
  const client = await connected(url);
  await client.query(statement);
  await client.end();
};

/** Ends the connection that waits for its turn to append. */
const terminateWaiting = async (url: string) => {
  const client = await connected(url);
  for (let ended = 0; ended === 0; ) {
    const { rowCount } = await client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
    ended = rowCount ?? 0;
  }
  await client.end();
};
