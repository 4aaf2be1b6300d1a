import { type Client, type ClientConfig, DatabaseError } from "pg";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Receipt } from "#commands/ports/event-log.ts";
import type { Row } from "#infra/log/rows.ts";
import { type Connection, connection } from "#infra/postgres/log/connection.ts";
import { columnsOf, keyOf } from "./columns.ts";
import type { Known, LogIndex, Wanted } from "./log-index.ts";
import { prepareIndexSchema } from "./schema.ts";
import { clear, extend, headPosition, lookUp, type Named, places, registerLog, sweep } from "./statements.ts";

export interface LogIndexOptions {
  /** How to reach the server: `connectionString`, `ssl` …, as `pg` takes them. */
  readonly connect: ClientConfig;
  /** Which log, in all of the database: put in what tells it from one that takes its place (a cluster's id, a topic). */
  readonly name: string;
}

/**
 * The index of a log in the schema `waybill_index` of a PostgreSQL server, for any number of processes: one connection extends, two
 * answer. Makes what is missing. Throws `Unavailable` ("log index") when the server does not answer; later it comes back by itself.
 */
export const openLogIndex = async ({ connect, name }: LogIndexOptions): Promise<LogIndex> => {
  const open = () => connection(connect, (client) => prepare(client, name), "log index");
  const [writer, asker, reader] = [open(), open(), open()];
  const closeAll = async () => {
    await Promise.all([writer, asker, reader].map(({ close }) => close()));
  };
  /** Somebody dropped the schema, which is allowed: it is made again, and the log fills it. */
  const remake = async (cause?: unknown): Promise<never> => {
    const fresh = open();
    try {
      await fresh.query({ text: "select", rowMode: "array" });
    } finally {
      await fresh.close();
    }
    throw new Unavailable("log index", { cause });
  };
  const run = async ({ query }: Connection, [statement, text]: Named, values: readonly unknown[]) => {
    try {
      return await query({ name: statement, text, values: [name, ...values], rowMode: "array" });
    } catch (error) {
      if (isMissing(error)) await remake(error);
      throw error;
    }
  };
  const ask = async (line: Connection, statement: Named, values: readonly unknown[] = []) => {
    const rows = await run(line, statement, values);
    return rows.length > 0 ? rows : remake();
  };

  const index: LogIndex = {
    position: async () => Number((await ask(writer, headPosition))[0]?.[0]),
    lookUp: async (wanted) => known(wanted, await ask(asker, lookUp, [wanted.commandIds.map(keyOf), wanted.streams])),
    places: async (stream, { after, limit }) => placed(await ask(reader, places, [stream, after, limit])),
    extend: async (from, page) => (await run(writer, extend, [from, page.position, ...columnsOf(page)])).length > 0,
    clear: async () => {
      await run(writer, clear, []);
      await writer.query({ text: sweep, rowMode: "array" });
    },
    [Symbol.asyncDispose]: closeAll,
  };
  await index.position().catch(async (error: unknown) => {
    await closeAll();
    throw error;
  });
  return index;
};

const prepare = async (client: Client, name: string) => {
  await prepareIndexSchema(client);
  await client.query(registerLog, [name]);
  // The plans are made while the tables are empty, and must not be what is best then.
  await client.query("set enable_seqscan = off; set enable_bitmapscan = off; set jit = off; set plan_cache_mode = force_generic_plan");
  await client.query("set default_transaction_isolation = 'read committed'; set lock_timeout = '10s'; set statement_timeout = '30s'");
};

/** No such schema, no such table. */
const isMissing = (error: unknown): boolean => error instanceof DatabaseError && ["3F000", "42P01"].includes(error.code ?? "");

const known = ({ commandIds, streams }: Wanted, rows: readonly Row[]): Known => {
  let position = 0;
  const receipts = new Map<string, Receipt>();
  const revisions = new Map<string, number>();
  for (const { 0: kind, 1: nth, 2: at, 3: revision, 4: stream, 5: ids } of rows)
    if (kind === "0") position = Number(at);
    else if (kind === "1")
      receipts.set(commandIds[Number(nth) - 1] ?? "", {
        position: Number(at), stream: String(stream), revision: Number(revision), eventIds: String(ids).split(","), replayed: true,
      });
    else revisions.set(streams[Number(nth) - 1] ?? "", Number(revision));
  return { position, receipts, revisions };
};

const placed = (rows: readonly Row[]) => ({
  position: Number(rows[0]?.[0]),
  places: rows.filter((row) => row[1] !== null).map((row) => ({ revision: Number(row[1]), position: Number(row[2]) })),
});
