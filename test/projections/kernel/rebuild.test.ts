import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isRefusal } from "#domain/kernel/decider.ts";
import type { Watched } from "#projections/kernel/watch.ts";
import type { Database } from "#projections/ports/sql.ts";
import { eventually, openDatabase, patience, rowsOf, runner } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";
import { counted, sumsOf, tally } from "#test/support/tally.ts";

describe("A rebuild", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  beforeEach(async () => {
    opened = await openDatabase();
  });
  afterEach(() => opened[Symbol.asyncDispose]());

  it("switches without a moment in which readers see less, while events arrive", async () => {
    const log = scriptedLog();
    log.write(...Array.from({ length: 3000 }, (_, index) => counted(`key-${index % 50}`, index)));
    await using models = runner({ ...opened, log }, [tally()], { limit: 100 });
    await models.reached("tally", 3000, patience);
    const over = new AbortController();
    const writing = writeUntil(log, over.signal);
    const readers = [readUntil(opened.database, over.signal), readUntil(opened.database, over.signal)];
    const before = await tableId(opened.database);
    // As often as readers need to have looked in each moment of it.
    for (let round = 0; round < 3 || readers.some(({ reads }) => reads() < 100); round++)
      await Promise.race([rebuilt(models), ...readers.map(({ ended }) => ended)]);
    over.abort();
    await writing;
    for (const { ended } of readers) await ended;
    await models.reached("tally", log.events.length, patience);
    assert.notEqual(await tableId(opened.database), before);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
    await eventually(() => schemas(opened.database), (names) => names.join() === "tally");
  });

  it("mends what somebody did to the tables", async () => {
    const log = scriptedLog();
    log.write(counted("a", 1), counted("b", 2));
    await using models = runner({ ...opened, log }, [tally()]);
    await models.reached("tally", 2, patience);
    await opened.database.query({ text: "update tally.sums set total = 0" });
    await rebuilt(models);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("goes on where the process was that ended in the middle of it", async () => {
    const log = scriptedLog();
    log.write(...Array.from({ length: 500 }, (_, index) => counted(`key-${index % 5}`, index)));
    {
      await using live = runner({ ...opened, log }, [tally()]);
      await live.reached("tally", 500, patience);
    }
    const half = Promise.withResolvers<void>();
    let applied = 0;
    const slow = tally({
      apply: async (batch, sql) => {
        await tally().apply(batch, sql);
        applied += batch.length;
        if (applied < 250) return;
        half.resolve();
        await sleep(50);
      },
    });
    {
      await using interrupted = runner({ ...opened, log }, [slow], { limit: 10 });
      await interrupted.rebuild("tally");
      await half.promise;
    }
    let appliedAgain = 0;
    const rest = tally({ apply: (batch, sql) => ((appliedAgain += batch.length), tally().apply(batch, sql)) });
    await using next = runner({ ...opened, log }, [rest], { limit: 10 });
    await eventually(next.status, ([status]) => status?.rebuilding === null && status.state === "running");
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
    assert.ok(appliedAgain > 0 && appliedAgain <= 250, `applied ${appliedAgain} again`);
  });

  it("of a new generation begins by itself; readers are not ready until it is there, and the old tables stay till then", async () => {
    const log = scriptedLog();
    log.write(counted("a", 3), counted("b", 4));
    {
      await using old = runner({ ...opened, log }, [tally()]);
      await old.reached("tally", 2, patience);
    }
    log.write(counted("a", 5));
    const gate = Promise.withResolvers<void>();
    await using models = runner({ ...opened, log }, [secondGeneration(gate.promise)]);
    const [building] = await eventually(models.status, ([status]) => status?.rebuilding !== null);
    assert.deepEqual([building?.generation, building?.rebuilding?.generation], [1, 2]);
    assert.deepEqual(models.unready(), ["tally"]);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events.slice(0, 2)));
    gate.resolve();
    await eventually(async () => models.unready(), (names) => names.length === 0);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), [{ key: "a", most: 5 }, { key: "b", most: 4 }]);
    log.write(counted("b", 9));
    await models.reached("tally", 4, patience);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), [{ key: "a", most: 5 }, { key: "b", most: 9 }]);
  });

  it("is never begun by older code, which leaves newer tables alone", async () => {
    const log = scriptedLog();
    log.write(counted("a", 3));
    {
      await using newer = runner({ ...opened, log }, [secondGeneration(Promise.resolve())]);
      await newer.reached("tally", 1, patience);
    }
    await using older = runner({ ...opened, log }, [tally()]);
    log.write(counted("a", 4));
    await sleep(700);
    const [status] = await older.status();
    assert.deepEqual([status?.generation, status?.position, status?.state, status?.rebuilding], [2, 1, "waiting", null]);
    assert.deepEqual(older.unready(), ["tally"]);
    await older.rebuild("tally");
    await eventually(async () => older.unready(), (names) => names.length === 0);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("that meets a poison event says so and leaves the live tables at work", async () => {
    const log = scriptedLog();
    let poisonous = false;
    const fragile = tally({
      apply: async (batch, sql) => {
        if (poisonous && batch.some(({ key }) => key === "b")) throw new Error("no such luck");
        await tally().apply(batch, sql);
      },
    });
    log.write(counted("a"), counted("b"));
    await using models = runner({ ...opened, log }, [fragile]);
    await models.reached("tally", 2, patience);
    poisonous = true;
    await models.rebuild("tally");
    const [status] = await eventually(models.status, ([status]) => status?.rebuilding?.error === "no such luck");
    assert.deepEqual([status?.rebuilding?.position, status?.state], [1, "running"]);
    log.write(counted("a"));
    await models.reached("tally", 3, patience);
    poisonous = false;
    await rebuilt(models);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("gets a stopped projection going", async () => {
    const log = scriptedLog();
    let poisonous = true;
    const mended = tally({
      apply: async (batch, sql) => {
        if (poisonous) throw new Error("no such luck");
        await tally().apply(batch, sql);
      },
    });
    log.write(counted("a"), counted("b"));
    await using models = runner({ ...opened, log }, [mended]);
    await eventually(models.status, ([status]) => status?.state === "stopped");
    poisonous = false;
    await models.rebuild("tally");
    await eventually(models.status, ([status]) => status?.state === "running" && status.rebuilding === null);
    await models.reached("tally", 2, patience);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("is refused while one is under way", async () => {
    const log = scriptedLog();
    await using models = runner({ ...opened, log }, [tally()]);
    await eventually(models.status, ([status]) => status?.state === "running");
    await opened.database.query({ text: "insert into waybill.projections (name, generation, state) values ('tally_next', 1, 'running')" });
    const refusal = await models.rebuild("tally");
    assert.ok(isRefusal(refusal) && refusal.refused === "REBUILD_RUNNING");
  });
});

/** Another meaning of the same events: the largest amount of each key. */
const secondGeneration = (gate: Promise<void>) =>
  tally({
    generation: 2,
    tables: "create table sums (key text primary key, most bigint not null)",
    apply: async (batch, sql) => {
      await gate;
      const most = Object.groupBy(batch, ({ key }) => key);
      const rows = Object.entries(most).map(([key, counts]) => ({ key, most: Math.max(...(counts ?? []).map(({ amount }) => amount)) }));
      await sql.query({
        text: `insert into sums select * from json_populate_recordset(null::sums, $1)
               on conflict (key) do update set most = greatest(sums.most, excluded.most)`,
        values: [JSON.stringify(rows)],
      });
    },
  });

const rebuilt = async (models: Watched): Promise<void> => {
  assert.deepEqual(await models.rebuild("tally"), { generation: 1 });
  await eventually(models.status, ([status]) => status?.rebuilding === null);
};

const writeUntil = async (log: ReturnType<typeof scriptedLog>, signal: AbortSignal): Promise<void> => {
  for (let index = 0; !signal.aborted; index++) {
    log.write(counted(`key-${index % 50}`, index));
    await sleep(1);
  }
};

/** Reads all the while; `ended` rejects when a read fails or sees less than the one before it. */
const readUntil = (database: Database, signal: AbortSignal) => {
  let reads = 0;
  const read = async (): Promise<void> => {
    for (let most = 0; !signal.aborted; reads++) {
      const [row] = await database.query<{ times: number }>({ name: "read", text: "select sum(times)::bigint as times from tally.sums" });
      assert.ok(row && row.times >= most, `${row?.times} after ${most}`);
      most = row.times;
    }
  };
  return { ended: read(), reads: () => reads };
};

const tableId = async (database: Database): Promise<number | undefined> => {
  const [row] = await database.query<{ id: number }>({ text: "select 'tally.sums'::regclass::oid as id" });
  return row?.id;
};

const schemas = async (database: Database): Promise<readonly string[]> => {
  const rows = await database.query<{ name: string }>({ text: "select nspname as name from pg_namespace where nspname like 'tally%'" });
  return rows.map(({ name }) => name);
};
