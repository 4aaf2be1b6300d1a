import assert from "node:assert/strict";
import pg from "pg";
import { Unavailable } from "#domain/kernel/errors.ts";
import { databaseOver, openPool, sqlOver } from "#infra/postgres/sql.ts";
import { copyRow } from "#projections/kernel/copy.ts";
import type { CopyRows, WritableSql } from "#projections/ports/sql.ts";
import { openDatabase } from "#test/support/projecting.ts";

describe("PostgreSQL as the read side's Sql", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
  });
  after(() => opened[Symbol.asyncDispose]());

  const one = async (text: string, values: readonly unknown[] = []): Promise<unknown> => {
    const [row] = await opened.database.query<{ value: unknown }>({ text: `select ${text} as value`, values });
    return row?.value;
  };

  it("gives bigint as a number, timestamptz as ISO 8601 in UTC, json as what it says", async () => {
    assert.equal(await one("9007199254740991::bigint"), 9007199254740991);
    assert.equal(await one("'2026-11-21T17:32:00.5+02:00'::timestamptz"), "2026-11-21T15:32:00.500Z");
    assert.equal(await one("$1::timestamptz", ["2026-11-21T17:32:00.000Z"]), "2026-11-21T17:32:00.000Z");
    assert.deepEqual(await one(`'{"a": [1, null]}'::json`), { a: [1, null] });
    assert.equal(await one("null::timestamptz"), null);
  });

  it("writes times the same whatever the server's time zone is", async () => {
    const client = new pg.Client(opened.url);
    await client.connect();
    try {
      await client.query("set time zone 'Asia/Kolkata'");
      const [row] = await sqlOver(client).query({ text: "select '2026-11-21T17:32:00Z'::timestamptz as value" });
      assert.deepEqual(row, { value: "2026-11-21T17:32:00.000Z" });
    } finally {
      await client.end();
    }
  });

  it("leaves the parsers of other users of pg alone", async () => {
    await one("1::bigint");
    const { rows } = await opened.pool.query("select 1::bigint as value");
    assert.deepEqual(rows, [{ value: "1" }]);
  });

  it("commits all of a transaction or nothing, in the schema that was named", async () => {
    await opened.database.query({ text: "create schema elsewhere" });
    await opened.database.transaction((sql) => sql.query({ text: "create table things (id int primary key)" }), "elsewhere");
    const twice = opened.database.transaction(async (sql) => {
      await sql.query({ text: "insert into things values (1)" });
      await sql.query({ text: "insert into things values (1)" });
    }, "elsewhere");
    await assert.rejects(twice, { code: "23505" });
    assert.equal(await one("(select count(*) from elsewhere.things)"), 0);
  });

  it("waits for no answer for ever: a peer that says nothing is away", async () => {
    assert.ok(Number(opened.pool.options.query_timeout) > 0);
    const impatient = openPool({ connectionString: opened.url, query_timeout: 100 });
    const silent = (work: (sql: WritableSql) => Promise<unknown>) => assert.rejects(databaseOver(impatient).transaction(work), Unavailable);
    await silent((sql) => sql.query({ text: "select pg_sleep(5)" }));
    await opened.database.query({ text: "create table public.held (id int)" });
    await opened.database.transaction(async (holder) => {
      await holder.query({ text: "lock table public.held" });
      await silent((sql) => sql.copy("public.held (id)", [copyRow([1])]));
    });
    await impatient.end();
  });

  it("does not call a transaction done in which a failed statement was passed over", async () => {
    const passedOver = opened.database.transaction((sql) => sql.query({ text: "select 1/0" }).catch(() => []));
    await assert.rejects(passedOver, /that was not passed on/);
  });

  it("copies rows with every character that its format sets apart", async () => {
    await opened.database.query({ text: "create table copied (id int, text text, number bigint)" });
    const texts = ["tab\tnew\nline\rback\\slash", "\\N", "", "\\.", "ünï😀", "nul\0"];
    const rows = texts.map((text, index) => copyRow([index, text, index === 0 ? null : 2 ** 40]));
    await opened.database.transaction((sql) => sql.copy("copied (id, text, number)", rows));
    const found = await opened.database.query<{ text: string; number: number | null }>({ text: "select text, number from copied order by id" });
    assert.deepEqual(found.map(({ text }) => text), texts.map((text) => text.replace("\0", "\ufffd")));
    assert.deepEqual(found.map(({ number }) => number), [null, ...Array.from({ length: 5 }, () => 2 ** 40)]);
  });

  it("says what is wrong with a copied row, and goes on", async () => {
    await opened.database.query({ text: "create table numbers (id int)" });
    const copy = (into: string, rows: CopyRows) => opened.database.transaction((sql) => sql.copy(into, rows));
    await assert.rejects(copy("numbers (id)", ["1\n", "no number\n"]), { code: "22P02" });
    await copy("numbers (id)", ["1\n", "2\n"]);
    assert.equal(await one("(select count(*) from numbers)"), 2);
  });

  it("refuses a copy whose rows are sent before the server can say no, many or few, and goes on on the same connection", async () => {
    await opened.database.query({ text: "create table more (id int)" });
    const pool = openPool({ connectionString: opened.url, max: 1 });
    const copy = (into: string, rows: CopyRows) => databaseOver(pool).transaction((sql) => sql.copy(into, rows));
    const many = Array.from({ length: 300_000 }, (_, id) => copyRow([id]));
    for (const rows of [["1\n"], many]) await assert.rejects(copy("no_such_table (id)", rows), { code: "42P01" });
    await assert.rejects(copy("more (id)", ["no number\n", ...many]), { code: "22P02" });
    await copy("more (id)", many.values());
    assert.equal(await one("(select count(*) from more)"), many.length);
    await pool.end();
  });

  it("copies nothing where a row cannot be made, says why, and goes on", async () => {
    await opened.database.query({ text: "create table made (id int)" });
    const unmade = [1, 2].values().map((id) => {
      if (id === 2) throw new Error("two is not to be had");
      return copyRow([id]);
    });
    await assert.rejects(opened.database.transaction((sql) => sql.copy("made (id)", unmade)), /two is not to be had/);
    await opened.database.transaction((sql) => sql.copy("made (id)", []));
    assert.equal(await one("(select count(*) from made)"), 0);
  });

  it("is unavailable when nobody listens", async () => {
    const pool = openPool({ connectionString: "postgres://nobody@127.0.0.1:1/none" });
    await assert.rejects(databaseOver(pool).query({ text: "select 1" }), Unavailable);
    await assert.rejects(databaseOver(pool).transaction(async () => undefined), Unavailable);
    await pool.end();
    await assert.rejects(databaseOver(pool).query({ text: "select 1" }), Unavailable);
  });

  it("is unavailable when the server ends the connection, between two statements too, and comes back by itself", async () => {
    const ended = opened.database.transaction(async (sql) => {
      const [row] = await sql.query<{ pid: number }>({ text: "select pg_backend_pid() as pid" });
      await opened.database.query({ text: "select pg_terminate_backend($1)", values: [row?.pid] });
      await new Promise((resolve) => setTimeout(resolve, 50));
      await sql.query({ text: "select 1" });
    });
    await assert.rejects(ended, Unavailable);
    await assert.rejects(opened.database.query({ text: "select pg_terminate_backend(pg_backend_pid())" }), Unavailable);
    assert.equal(await one("1"), 1);
  });

  it("asks to try again what met a deadlock, and passes a wrong statement on as it is", async () => {
    await opened.database.query({ text: "create table locks (id int primary key, n int)" });
    await opened.database.query({ text: "insert into locks values (1, 0), (2, 0)" });
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const lock = (ids: readonly [number, number], mine: PromiseWithResolvers<void>, theirs: Promise<void>) =>
      opened.database.transaction(async (sql) => {
        await sql.query({ text: "update locks set n = n + 1 where id = $1", values: [ids[0]] });
        mine.resolve();
        await theirs;
        await sql.query({ text: "update locks set n = n + 1 where id = $1", values: [ids[1]] });
      });
    const outcomes = await Promise.allSettled([lock([1, 2], first, second.promise), lock([2, 1], second, first.promise)]);
    const reasons = outcomes.flatMap((outcome): unknown[] => (outcome.status === "rejected" ? [outcome.reason] : []));
    assert.equal(reasons.length, 1);
    assert.ok(reasons[0] instanceof Unavailable);
    await assert.rejects(opened.database.query({ text: "selekt" }), { code: "42601" });
  });
});
