import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { auditVerify, covered, happen } from "#test/support/ledger.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import { bootstrap } from "#test/support/publishing.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";

/** The table of events, in the hands of somebody who may write to the store. */
interface Store extends AsyncDisposable {
  readonly events: string;
  /** All of them in one commit: the server that is at work on it sees no half. */
  readonly run: (...sql: readonly string[]) => Promise<void>;
}

const committed = (sql: readonly string[]): string => ["begin", ...sql, "commit"].join(";\n");

const openSqlite = async (waybill: TestWaybill): Promise<Store> => {
  const db = new DatabaseSync(join(waybill.data, "log.sqlite"), { timeout: 5000 });
  return { events: "events", run: async (...sql) => db.exec(committed(sql)), [Symbol.asyncDispose]: async () => db.close() };
};

const openPostgres = async (url: string): Promise<Store> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  return { events: "waybill_log.events", run: async (...sql) => void (await client.query(committed(sql))), [Symbol.asyncDispose]: () => client.end() };
};

const place = 7;

const tampering = (engine: string, start: () => Promise<{ waybill: TestWaybill; open: () => Promise<Store> } & AsyncDisposable>) =>
  describe(`A log in ${engine} that somebody changed by hand`, () => {
    let started: Awaited<ReturnType<typeof start>>;
    let store: Store;
    let size = 0;

    const undone = async (...sql: readonly string[]) => {
      await store.run(...sql.map((statement) => statement.replaceAll("{events}", store.events)));
      try {
        return await auditVerify(started.waybill);
      } finally {
        await store.run(`delete from ${store.events}`, `insert into ${store.events} select * from kept`);
      }
    };
    /** Exit code 6, and the first thing told is this one, at this place. */
    const isFound = ({ code, findings }: Awaited<ReturnType<typeof undone>>, position: number, message: RegExp) => {
      assert.equal(code, 6);
      assert.ok(findings.some((finding) => finding.position === position && message.test(finding.message)), JSON.stringify(findings.slice(0, 5)));
      assert.match(findings.map((finding) => finding.message).join("\n"), /the log is not what was signed of its first/);
    };

    before(async () => {
      started = await start();
      const { waybill, open } = started;
      await bootstrap(waybill, "demo", 2);
      await happen(waybill, 300);
      ({ size } = await covered(waybill));
      store = await open();
      await store.run(`create table kept as select * from ${store.events}`);
    });
    after(async () => {
      await store[Symbol.asyncDispose]();
      await started[Symbol.asyncDispose]();
    });

    it("verifies while nobody has", async () => {
      const { code, findings, facts } = await auditVerify(started.waybill);
      assert.deepEqual([code, findings, facts?.events], [0, [], size]);
    });

    it("is found out where an event was changed", async () => {
      const answer = await undone(`update {events} set data = replace(data, 'demo', 'evil') where position = 3`);
      isFound(answer, 3, /^was changed/);
      assert.equal(answer.findings.length, 2);
    });

    it("is found out where an event was given another time, actor or reason", async () => {
      isFound(await undone(`update {events} set at = '2020-01-01T00:00:00.000Z' where position = ${place}`), place, /^was changed/);
      isFound(await undone(`update {events} set actor = 'token:nobody' where position = ${place}`), place, /^was changed/);
      isFound(await undone(`update {events} set reason = 'because' where position = ${place}`), place, /^was changed/);
    });

    it("is found out where an event was dropped", async () => {
      const answer = await undone(`delete from {events} where position = ${place}`);
      isFound(answer, place, /^is missing from the log/);
      // Where others follow in its stream, the gap in the revisions is told, too.
      assert.equal(answer.findings.filter(({ message }) => !message.startsWith("has revision")).length, 2);
    });

    it("is found out where an event was dropped and the rest moved up", async () => {
      const answer = await undone(`delete from {events} where position = ${place}`, `update {events} set position = 1 - position where position > ${place}`, "update {events} set position = -position where position < 0");
      isFound(answer, place, /^is missing from the log/);
    });

    it("is found out where events were exchanged", async () => {
      const answer = await undone(
        `update {events} set position = -position where position = ${place}`,
        `update {events} set position = ${place} where position = ${place + 5}`,
        `update {events} set position = ${place + 5} where position = -${place}`,
      );
      isFound(answer, place, /events were exchanged/);
      isFound(answer, place + 5, /events were exchanged/);
    });

    it("is found out where its tail was cut", async () => {
      const answer = await undone(`delete from {events} where position > ${size - 5}`);
      isFound(answer, size, /^is missing from the log/);
      assert.equal(answer.findings.length, 6);
    });

    const shift = [`update {events} set position = -1 - position where position >= ${place}`, "update {events} set position = -position where position < 0"];
    const copied = (changed: Readonly<Record<string, string>>) => {
      const columns = ["revision", "at", "id", "stream", "type", "actor", "reason", "command_id", "correlation_id", "causation_id", "traceparent", "data"];
      return `insert into {events} (position, size, ${columns.join(", ")}) select ${place}, null, ${columns.map((column) => changed[column] ?? column).join(", ")} from kept where position = 5`;
    };

    // The projection takes in what is moved behind the end: these come last.
    it("is found out where an event was put in", async () => {
      const id = "01939c1e-8f2a-7c55-b3a0-5d1e6f0a9b7c";
      const answer = await undone(...shift, copied({ id: `'${id}'`, stream: "'trust.targets-evil'" }));
      isFound(answer, place, /^was put into the log afterwards$/);
    });

    it("is found out where an event was put in a second time", async () => {
      const indexes = store.events === "events" ? ["events_by_id", "anchors"] : ["waybill_log.events_by_id", "waybill_log.events_by_revision"];
      const answer = await undone(...indexes.map((index) => `drop index ${index}`), ...shift, copied({}));
      isFound(answer, place, /^was put into the log afterwards: a copy of the event at position 5$/);
      assert.ok(answer.findings.some(({ message }) => /^has revision \d+ of stream/.test(message)));
    });
  });

tampering("SQLite", async () => {
  const waybill = await startWaybill({ environment: { LOG_ENGINE: "sqlite", WAYBILL_LEDGER_INTERVAL_MS: "100" } });
  return { waybill, open: () => openSqlite(waybill), [Symbol.asyncDispose]: () => waybill[Symbol.asyncDispose]() };
});

tampering("PostgreSQL", async () => {
  const database = await freshDatabase();
  const waybill = await startWaybill({ environment: { LOG_ENGINE: "postgres", DATABASE_URL: database.url, WAYBILL_LEDGER_INTERVAL_MS: "100" } });
  return {
    waybill,
    open: () => openPostgres(database.url),
    [Symbol.asyncDispose]: async () => {
      await waybill[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
});

describe("What was made of the log, and somebody changed by hand", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let waybill: TestWaybill;
  let client: Client;
  let size = 0;

  before(async () => {
    database = await freshDatabase();
    waybill = await startWaybill({ environment: { LOG_ENGINE: "sqlite", DATABASE_URL: database.url, WAYBILL_LEDGER_INTERVAL_MS: "100" } });
    await bootstrap(waybill, "demo", 2);
    // So many that there is a tile over those of the leaves.
    await happen(waybill, 260);
    ({ size } = await covered(waybill));
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await waybill[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const undone = async (table: string, statement: string, ...args: readonly string[]) => {
    await client.query(`create table public.kept as select * from ${table}`);
    await client.query(statement);
    try {
      return await auditVerify(waybill, ...args);
    } finally {
      await client.query(`begin; delete from ${table}; insert into ${table} select * from public.kept; drop table public.kept; commit`);
    }
  };

  const found = async (table: string, statement: string) => {
    const { code, findings } = await undone(table, statement);
    return [code, ...findings.map(({ position, message }) => [position, message])];
  };

  it("verifies while nobody has", async () => {
    const { code, findings } = await auditVerify(waybill);
    assert.deepEqual([code, findings], [0, []]);
  });

  it("is found out where a row of a read model was changed: table, key, column", async () => {
    const { code, findings } = await undone("tokens.tokens", "update tokens.tokens set scope = 'admin' where name = 't3'");
    assert.equal(code, 6);
    assert.equal(findings.length, 1);
    assert.match(findings[0]?.message ?? "", /^tokens\.tokens has a row that is not as the log makes it: id=[0-9a-f-]{36}: scope is "admin", and "read" by the log$/);
  });

  it("is not found out where read models are not looked at, which is said", async () => {
    const { code, findings, skipped } = await undone("tokens.tokens", "update tokens.tokens set scope = 'admin' where name = 't3'", "--without", "read-models");
    assert.deepEqual([code, findings, skipped], [0, [], ["read models"]]);
  });

  it("is found out where a row was taken out, or put in", async () => {
    const gone = await undone("explorer.events", "delete from explorer.events where position = 7");
    assert.deepEqual([gone.code, gone.findings.map(({ position, message }) => [position, message])], [6, [[7, "explorer.events lacks the row position=7"]]]);
    const copy = "insert into explorer.events select (jsonb_populate_record(e, '{\"position\": 90000}')).* from explorer.events e where position = 7";
    const added = await undone("explorer.events", copy);
    assert.deepEqual([added.code, added.findings.map(({ position, message }) => [position, message])], [6, [[90_000, "explorer.events has a row that no event made: position=90000"]]]);
  });

  it("is found out where the ledger's own tables were changed", async () => {
    assert.deepEqual(await found("ledger.leaves", "update ledger.leaves set position = position + 1000 where index = 4"), [
      6,
      [5, "ledger.leaves has a row that is not as the log makes it: index=4: position is 1005, and 5 by the log"],
    ]);
    assert.deepEqual(await found("ledger.leaves", "delete from ledger.leaves where index in (0, 200)"), [6, [1, "ledger.leaves lacks the row index=0"], [201, "ledger.leaves lacks the row index=200"]]);
    assert.deepEqual(await found("ledger.leaves", "insert into ledger.leaves select 90000, position, id from ledger.leaves where index = 4"), [
      6,
      [null, "ledger.leaves has a row that no event made: index=90000"],
      [null, `ledger.leaves has ${(90_001 - size).toLocaleString("en")} rows that no event made: from index=${size} on`],
    ]);
    assert.deepEqual(await found("ledger.tiles", "update ledger.tiles set hashes = sha256(hashes) || sha256(hashes) where level = 1"), [6, [null, "ledger.tiles has a row that is not as the log makes it: level=1 index=0"]]);
    assert.deepEqual(await found("ledger.tiles", "update ledger.tiles set hashes = substr(hashes, 1, 20) where level = 1"), [6, [null, "ledger.tiles lacks a row, or a part of it: level=1 index=0"]]);
    assert.deepEqual(await found("ledger.tiles", "delete from ledger.tiles where level = 1"), [6, [null, "ledger.tiles lacks a row, or a part of it: level=1 index=0"]]);
    assert.deepEqual(await found("ledger.tiles", "insert into ledger.tiles select 2, 0, hashes from ledger.tiles where level = 1"), [6, [null, "ledger.tiles has 1 row of level=2, and 0 by the log"]]);
  });

  // A server that has read a file before keeps it: the last of these tests, and behind a new start.
  it("is found out where a TUF file was changed: the file as it is served, its event, and the row", async () => {
    await waybill.kill("SIGTERM");
    await waybill.start();
    await covered(waybill);
    const { code, findings } = await undone("tuf.metadata", "update tuf.metadata set content = replace(content, 'bins', 'evil') where role = 'targets' and version = 1");
    assert.equal(code, 6);
    assert.ok(findings.some(({ position, message }) => position !== null && message.startsWith("tuf/demo/metadata/1.targets.json is not what was published")), JSON.stringify(findings));
    assert.ok(findings.some(({ message }) => message.startsWith("tuf.metadata has a row that is not as the log makes it: repository=demo role=targets version=1: content is")), JSON.stringify(findings));
  });
});
