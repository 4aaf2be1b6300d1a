import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "pg";
import { newId } from "#commands/kernel/command-id.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { openLogIndex } from "#infra/log/index/postgres-index.ts";
import { upTo } from "#test/conformance/event-log/harness.ts";
import { freshDatabase, startPostgres } from "#test/support/postgres.ts";
import { appends, everythingOf, logOf, naively, placesNaively, streamNames } from "./naive.ts";

describe("The log's index in PostgreSQL", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  before(async () => (database = await freshDatabase()));
  after(() => database[Symbol.asyncDispose]());
  const open = (name: string = newId()) => openLogIndex({ connect: { connectionString: database.url }, name });

  it("knows exactly the log up to its position, however pages cut it", async () => {
    await using index = await open("one");
    await fc.assert(
      fc.asyncProperty(appends, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), fc.nat(6), fc.nat(6), async (appends, cuts, after, limit) => {
        await index.clear();
        const log = logOf(appends);
        for (let [at, turn] = [0, 0]; at < log.length; turn++) {
          const events = log.slice(at, (at += cuts[turn % cuts.length] ?? 1));
          const from = await index.position();
          const position = events.at(-1)?.position ?? 0;
          assert.equal(await index.extend(from, { events, position }), true);
          assert.equal(await index.extend(from, { events, position }), false);
          assert.deepEqual(await index.lookUp(everythingOf(log)), naively(log, position, everythingOf(log)));
          for (const stream of streamNames)
            assert.deepEqual(await index.places(stream, { after: after - 1, limit }), { position, places: placesNaively(log, position, stream, { after: after - 1, limit }) });
        }
      }),
      { numRuns: 40 },
    );
  });

  it("is extended by one of many processes that want to at once, each time", async () => {
    const name = newId();
    const indexes = await Promise.all(upTo(4).map(() => open(name)));
    const log = logOf(upTo(50).map((number) => ({ stream: number % 5, size: 1 + (number % 3), gap: 1, uuid: true })));
    for (let from = 0; from < log.length; ) {
      const position = Math.min(from + 10, log.length);
      const won = await Promise.all(indexes.map((index) => index.extend(from, { events: log.slice(from, position), position })));
      assert.equal(won.filter(Boolean).length, 1);
      from = position;
    }
    for (const index of indexes) {
      assert.deepEqual(await index.lookUp(everythingOf(log)), naively(log, log.length, everythingOf(log)));
      await index[Symbol.asyncDispose]();
    }
  });

  it("answers many questions of one moment, and does not lean on a queue that pg will give up", async () => {
    const warnings: Error[] = [];
    const hear = (warning: Error) => void warnings.push(warning);
    process.on("warning", hear);
    await using index = await open();
    await Promise.all(upTo(20).map((nth) => index.places(`s-${nth}`, { after: -1, limit: 1 })));
    process.off("warning", hear);
    assert.deepEqual(warnings, []);
  });

  it("keeps several logs apart, also when one is cleared", async () => {
    await using mine = await open();
    await using other = await open();
    const log = logOf(upTo(10).map((number) => ({ stream: number % 5, size: 2, gap: 1, uuid: true })));
    for (const index of [mine, other]) await index.extend(0, { events: log, position: 20 });
    await mine.clear();
    assert.deepEqual(await mine.lookUp(everythingOf(log)), naively([], 0, everythingOf(log)));
    assert.deepEqual(await mine.places("s-0", { after: -1, limit: 10 }), { position: 0, places: [] });
    assert.deepEqual(await other.lookUp(everythingOf(log)), naively(log, 20, everythingOf(log)));
    assert.equal(await mine.extend(0, { events: log.slice(0, 4), position: 4 }), true);
    assert.equal((await mine.lookUp(everythingOf(log))).revisions.size, 2);
  });

  it("moves on over a stretch in which there is nothing", async () => {
    await using index = await open();
    assert.equal(await index.extend(0, { events: [], position: 7 }), true);
    assert.equal(await index.position(), 7);
  });

  it("makes its schema once when many processes start together", async () => {
    await using fresh = await freshDatabase();
    const indexes = await Promise.all(upTo(8).map((index) => openLogIndex({ connect: { connectionString: fresh.url }, name: `log ${index % 2}` })));
    for (const index of indexes) {
      assert.equal(await index.position(), 0);
      await index[Symbol.asyncDispose]();
    }
  });

  it("begins again where its schema was dropped, and refuses one that a later version made", async () => {
    await using fresh = await freshDatabase();
    const openHere = () => openLogIndex({ connect: { connectionString: fresh.url }, name: "here" });
    await using index = await openHere();
    await index.extend(0, { events: [], position: 7 });
    await index.lookUp({ commandIds: [], streams: [] });
    await inDatabase(fresh.url, "drop schema waybill_index cascade");
    await assert.rejects(index.lookUp({ commandIds: [], streams: [] }), Unavailable);
    assert.equal((await index.lookUp({ commandIds: [], streams: [] })).position, 0);
    await inDatabase(fresh.url, "delete from waybill_index.heads");
    await assert.rejects(index.position(), Unavailable);
    assert.equal(await index.position(), 0);
    await inDatabase(fresh.url, "update waybill_index.schema set version = 99");
    await assert.rejects(openHere(), /later version/);
  });

  it("is unavailable where no server answers, while it is away, and no longer when it is back", async () => {
    await assert.rejects(openLogIndex({ connect: { connectionString: "postgres://nobody@127.0.0.1:1/nothing" }, name: "a" }), { code: "UNAVAILABLE", what: "log index" });
    await using server = await startPostgres({ fsync: true });
    await using index = await openLogIndex({ connect: { connectionString: server.url }, name: "a" });
    await index.extend(0, { events: [], position: 7 });
    await server.kill();
    await assert.rejects(index.position(), { code: "UNAVAILABLE", what: "log index" });
    await server.start();
    assert.equal(await index.position(), 7);
  });
});

const inDatabase = async (url: string, statement: string) => {
  const client = new Client(url);
  await client.connect();
  await client.query(statement);
  await client.end();
};
