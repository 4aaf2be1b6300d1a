import assert from "node:assert/strict";
import type { EventLog } from "#commands/ports/event-log.ts";
import { explorer } from "#projections/audit/explorer.ts";
import { replay, type ReplayAsked, type Replayed } from "#projections/kernel/replay/replay.ts";
import type { Database } from "#projections/ports/sql.ts";
import { openDatabase, patience, runner } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";
import { counted, tally } from "#test/support/tally.ts";

const live: ReplayAsked = { names: ["tally", "explorer"], at: null, against: "live", rows: 20 };
const projections = [tally(), explorer];

describe("A replay", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  const log = scriptedLog();
  log.write(...Array.from({ length: 2500 }, (_, index) => counted(`key-${index % 50}`, index)));

  before(async () => {
    opened = await openDatabase();
    await using models = runner({ ...opened, log }, projections);
    for (const { name } of projections) await models.reached(name, 2500, patience);
  });
  after(() => opened[Symbol.asyncDispose]());

  const replayed = async (asked: Partial<ReplayAsked> = {}, from: EventLog = log, signal = new AbortController().signal, database = opened.database) => {
    const found: Replayed[] = [];
    const tell = async (told: { readonly replayed: Replayed } | { readonly progress: object }) => {
      if ("replayed" in told) found.push(told.replayed);
    };
    await replay({ projections, log: from, database }, { ...live, ...asked }, tell, signal);
    return new Map(found.map((one) => [one.name, one]));
  };

  it("finds a read model that nobody touched to be what the log makes, and leaves nothing behind", async () => {
    const found = await replayed();
    assert.deepEqual([...found.values()].map(({ same, failure, position }) => ({ same, failure, position })), [
      { same: true, failure: null, position: 2500 },
      { same: true, failure: null, position: 2500 },
    ]);
    assert.equal(found.get("explorer")?.digest, found.get("explorer")?.against?.digest);
    assert.deepEqual(await scratchOf(opened.database), []);
  });

  it("finds a row that was changed, put in, or taken out, by key and column", async () => {
    const undo = async (statement: string, back: string) => {
      await opened.database.query({ text: statement });
      try {
        return (await replayed({ names: ["explorer"] })).get("explorer");
      } finally {
        await opened.database.query({ text: back });
      }
    };
    await opened.database.query({ text: "create table kept as select * from explorer.events" });
    const changed = await undo("update explorer.events set actor = 'token:nobody' where position = 17", "update explorer.events e set actor = k.actor from kept k where k.position = e.position and e.position = 17");
    assert.equal(changed?.same, false);
    assert.deepEqual(changed?.tables.map(({ table, added, removed, changed: rows }) => ({ table, added, removed, rows })), [{ table: "events", added: 0, removed: 0, rows: 1 }]);
    assert.deepEqual(changed?.tables[0]?.rows, [{ change: "changed", key: { position: "17" }, columns: { actor: { replayed: log.events[16]?.actor, found: "token:nobody" } } }]);
    const removed = await undo("delete from explorer.events where position in (5, 2500)", "insert into explorer.events select * from kept where position in (5, 2500)");
    assert.deepEqual(removed?.tables[0]?.rows.map(({ change, key }) => [change, key["position"]]), [["removed", "2500"], ["removed", "5"]]);
    const added = await undo("insert into explorer.events select (jsonb_populate_record(k, '{\"position\": 9000}')).* from kept k where position = 5", "delete from explorer.events where position = 9000");
    assert.deepEqual(added?.tables[0]?.rows.map(({ change, key }) => [change, key["position"]]), [["added", "9000"]]);
    assert.equal((await replayed({ names: ["explorer"] })).get("explorer")?.same, true);
  });

  it("rebuilds a read model as it was, the same every time", async () => {
    const [once, again] = [await replayed({ at: 1000, against: null }), await replayed({ at: 1000, against: null })];
    assert.equal(once.get("tally")?.digest, again.get("tally")?.digest);
    assert.equal(once.get("tally")?.same, null);
    const since = await replayed({ at: 1000, rows: 3 });
    const [events] = since.get("explorer")?.tables ?? [];
    assert.deepEqual([events?.added, events?.removed, events?.changed, events?.rows.length], [1500, 0, 0, 3]);
  });

  it("compares with what the read model has taken in meanwhile", async () => {
    const more = scriptedLog();
    more.write(...log.events, ...Array.from({ length: 500 }, (_, index) => counted("late", index)));
    const late: EventLog = {
      ...more,
      // The head that the replay asked for is behind the live tables when it comes to compare.
      readAll: async (options) => {
        if (options.after === 2000) {
          await using models = runner({ ...opened, log: more }, projections);
          for (const { name } of projections) await models.reached(name, 3000, patience);
        }
        return more.readAll(options);
      },
    };
    const found = await replayed({}, late);
    assert.deepEqual([...found.values()].map(({ same, position }) => ({ same, position })), [{ same: true, position: 3000 }, { same: true, position: 3000 }]);
  });

  it("looks at the rows where their digest cannot be known without them, and finds nothing", async () => {
    const finer = scriptedLog();
    finer.write(...log.events.slice(0, 10), { ...counted("a", 1), at: "2026-01-01T00:00:00.123456Z" });
    await using other = await openDatabase();
    await using models = runner({ ...other, log: finer }, [explorer]);
    await models.reached("explorer", 11, patience);
    const [one] = await replayed({ names: ["explorer"] }, finer, undefined, other.database).then((found) => [...found.values()]);
    assert.deepEqual([one?.same, one?.position, one?.digest === one?.against?.digest], [true, 11, true]);
  });

  it("tells the event that cannot be applied", async () => {
    const broken = scriptedLog();
    broken.write(...log.events.slice(0, 10), counted("a", 1, { broken: true }));
    const { failure, position } = (await replayed({ names: ["explorer", "tally"], against: null }, broken)).get("tally") ?? {};
    assert.deepEqual([failure?.position, position], [11, 10]);
  });

  it("drops its tables when it is broken off, and those that a killed process left", async () => {
    const over = new AbortController();
    const cut: EventLog = { ...log, readAll: (options) => (options.after >= 1000 && over.abort(), log.readAll(options)) };
    await assert.rejects(replayed({}, cut, over.signal));
    assert.deepEqual(await scratchOf(opened.database), []);
    await opened.database.query({ text: "create schema scratch_0123456789ab_explorer; create table scratch_0123456789ab_explorer.events (position int)" });
    await replayed({ names: ["tally"] });
    assert.deepEqual(await scratchOf(opened.database), []);
  });
});

const scratchOf = (database: Database) => database.query({ text: "select nspname from pg_namespace where nspname ^@ 'scratch_'" });
