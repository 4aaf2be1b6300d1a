import assert from "node:assert/strict";
import { Fenced } from "#projections/kernel/checkpoint.ts";
import { endFill } from "#projections/kernel/indexes.ts";
import { breaking, breakPoints } from "#test/support/breaking.ts";
import { eventually, openDatabase, rowsOf, runner } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";
import { counted, ignored, sumsOf, tally } from "#test/support/tally.ts";
import type { Database, Sql } from "#projections/ports/sql.ts";

const patience = 15_000;
const indexes = "create index if not exists sums_by_total on sums (total);\n-- Last; not least.\ncreate index if not exists sums_by_times on sums (times);\n";
const both = ["sums_by_times", "sums_by_total"];

describe("The indexes of readers", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  beforeEach(async () => {
    opened = await openDatabase();
  });
  afterEach(() => opened[Symbol.asyncDispose]());

  it("are made when tables that were filled are as far as the log was at their start: before that page, once", async () => {
    const log = scriptedLog();
    log.write(...events(450));
    const seen: string[] = [];
    await using models = runner({ ...opened, log }, [looking(seen)], { limit: 100 });
    await models.reached("tally", 450, patience);
    log.write(...events(50));
    await models.reached("tally", 500, patience);
    assert.deepEqual(seen, ["0 in tally", "0 in tally", "0 in tally", "0 in tally", "2 in tally", "2 in tally"]);
    assert.deepEqual(await rowsOf(opened.database, "waybill.fills"), []);
  });

  it("are there before anybody hears that a log without a matching event was read to its end", async () => {
    const log = scriptedLog();
    log.write(...Array.from({ length: 50 }, ignored));
    await using models = runner({ ...opened, log }, [tally({ indexes })], { limit: 10 });
    await models.reached("tally", 50, patience);
    assert.deepEqual(await indexesOf(opened.database), both);
  });

  it("are made with the tables where there is nothing to fill them from", async () => {
    const log = scriptedLog();
    await using models = runner({ ...opened, log }, [tally({ indexes })]);
    await eventually(async () => models.unready(), (names) => names.length === 0);
    assert.deepEqual(await indexesOf(opened.database), both);
  });

  it("are made by whoever goes on after a crash between the filling and them, or between two of them", async () => {
    const log = scriptedLog();
    log.write(...events(300));
    const halfway = indexes.replace("on sums (times)", "on nothing (times)");
    {
      await using crashing = runner({ ...opened, log }, [tally({ indexes: halfway })], { limit: 100 });
      const [status] = await eventually(crashing.status, ([status]) => status?.state === "stopped");
      assert.deepEqual([status?.position, status?.lag], [200, 100]);
      assert.deepEqual(await indexesOf(opened.database), ["sums_by_total"]);
    }
    const seen: string[] = [];
    await using next = runner({ ...opened, log }, [looking(seen)], { limit: 100 });
    // The row says of the run before that it is stopped, until the new owner has it.
    await eventually(next.status, ([status]) => status?.position === 300);
    assert.deepEqual(seen, ["2 in tally"]);
    assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
  });

  it("are there, and each event counts once, whichever statement of a fill the connection breaks at", async () => {
    for (const when of breakPoints)
      for (const nth of [1, 2, 3, 4, 5, 6]) {
        const log = scriptedLog();
        log.write(...events(25));
        const faults = breaking(opened.database);
        let transactions = 0;
        const transaction: Database["transaction"] = (work, schema) => {
          if (++transactions === nth) faults.next(when);
          return faults.database.transaction(work, schema);
        };
        await using models = runner({ database: { ...opened.database, transaction }, log }, [tally({ indexes })], { limit: 10 });
        await models.reached("tally", 25, patience);
        assert.deepEqual([await indexesOf(opened.database), faults.count()], [both, 1], `${when} of transaction ${nth}`);
        assert.deepEqual(await rowsOf(opened.database, "tally.sums"), sumsOf(log.events));
        await models[Symbol.asyncDispose]();
        await opened.database.query({ text: "drop schema tally cascade" });
      }
  });

  it("are there when an event that cannot be applied stops the filling", async () => {
    const log = scriptedLog();
    log.write(...events(20), counted("b", 1, { broken: true }), ...events(20));
    await using models = runner({ ...opened, log }, [tally({ indexes })], { limit: 10 });
    const [status] = await eventually(models.status, ([status]) => status?.state === "stopped");
    assert.equal(status?.position, 20);
    assert.deepEqual(await indexesOf(opened.database), both);
  });

  it("of a rebuild are there before it is live", async () => {
    const log = scriptedLog();
    log.write(...events(250));
    const seen: string[] = [];
    await using models = runner({ ...opened, log }, [looking(seen)], { limit: 100 });
    await models.reached("tally", 250, patience);
    seen.length = 0;
    await models.rebuild("tally");
    await eventually(models.status, ([status]) => status?.rebuilding === null);
    assert.deepEqual(seen, ["0 in tally_next", "0 in tally_next", "2 in tally_next"]);
    assert.deepEqual(await indexesOf(opened.database), both);
  });

  it("are left as they are in the tables of an earlier version, which made them first", async () => {
    const log = scriptedLog();
    log.write(...events(30));
    {
      await using earlier = runner({ ...opened, log }, [tally({ tables: `${tally().tables}; ${indexes}` })]);
      await earlier.reached("tally", 30, patience);
    }
    await opened.database.query({ text: "drop table waybill.fills" });
    log.write(...events(30));
    await using later = runner({ ...opened, log }, [tally({ indexes })]);
    await later.reached("tally", 60, patience);
    assert.deepEqual(await indexesOf(opened.database), both);
  });

  it("are not made by an owner whom another has replaced", async () => {
    const log = scriptedLog();
    log.write(...events(30));
    {
      await using models = runner({ ...opened, log }, [tally()]);
      await models.reached("tally", 30, patience);
    }
    await opened.database.query({ text: "insert into waybill.fills values ('tally', 30)" });
    const holder = { name: "tally", generation: 1, fence: 0 };
    await assert.rejects(endFill({ projection: tally({ indexes }), holder, database: opened.database }, new AbortController().signal), Fenced);
    assert.deepEqual(await indexesOf(opened.database), []);
    assert.equal((await rowsOf(opened.database, "waybill.fills")).length, 1);
  });

  it("that a stop leaves unmade keep the page from being applied that would make readers think them there", async () => {
    const log = scriptedLog();
    log.write(...events(30));
    const stopping = new AbortController();
    const gate = Promise.withResolvers<void>();
    const transaction: Database["transaction"] = (work, schema) =>
      opened.database.transaction(async (sql) => {
        const query: typeof sql.query = async (statement) => {
          if (statement.text.includes("sums_by_total")) {
            stopping.abort();
            await gate.promise;
          }
          return sql.query<never>(statement);
        };
        return work({ ...sql, query });
      }, schema);
    {
      await using models = runner({ database: { ...opened.database, transaction }, log }, [tally({ indexes })], { limit: 10 });
      stopping.signal.addEventListener("abort", () => setTimeout(gate.resolve, 50));
      await eventually(async () => stopping.signal.aborted, Boolean);
      assert.equal(models.position("tally"), 20);
    }
    const [row] = await opened.database.query<{ position: number }>({ text: "select position from waybill.projections" });
    assert.equal(row?.position, 20);
    await using next = runner({ ...opened, log }, [tally({ indexes })], { limit: 10 });
    await next.reached("tally", 30, patience);
    assert.deepEqual(await indexesOf(opened.database), both);
  });
});

const events = (count: number) => Array.from({ length: count }, (_, index) => counted(`key-${index % 5}`, index));

/** A tally that tells with each batch how many indexes of readers the tables have that it is applied to. */
const looking = (seen: string[]) =>
  tally({
    indexes,
    apply: async (batch, sql) => {
      const [row] = await sql.query<{ seen: string }>({
        text: "select count(*) filter (where indexname <> 'sums_pkey') || ' in ' || current_schema() as seen from pg_indexes where schemaname = current_schema()",
      });
      seen.push(row?.seen ?? "");
      await tally().apply(batch, sql);
    },
  });

const indexesOf = async (sql: Sql): Promise<readonly string[]> => {
  const found = await sql.query<{ name: string }>({
    text: "select indexname::text as name from pg_indexes where schemaname = 'tally' and indexname <> 'sums_pkey' order by 1",
  });
  return found.map(({ name }) => name);
};
