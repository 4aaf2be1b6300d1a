import { hash } from "node:crypto";
import type { Client, ClientConfig } from "pg";
import type { Receipt } from "#commands/ports/event-log.ts";
import type { Row } from "#infra/log/rows.ts";
import { connection } from "#infra/postgres/log/connection.ts";
import type { Indexed, IndexedPage, Known, LogIndex, Wanted } from "./log-index.ts";
import { prepareIndexSchema } from "./schema.ts";
import { clear, extend, headPosition, lookUp, places, registerLog, sweep } from "./statements.ts";

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
  const prepare = async (client: Client) => {
    await prepareIndexSchema(client);
    await client.query(registerLog, [name]);
    // The plans are made while the tables are empty, and must not be what is best then.
    await client.query("set enable_seqscan = off; set enable_bitmapscan = off; set jit = off; set plan_cache_mode = force_generic_plan");
    await client.query("set default_transaction_isolation = 'read committed'; set lock_timeout = '10s'; set statement_timeout = '30s'");
  };
  const open = () => connection(connect, prepare, "log index");
  const [writer, asker, reader] = [open(), open(), open()];
  const closeAll = async () => {
    await Promise.all([writer, asker, reader].map(({ close }) => close()));
  };
  const ask = ({ query }: typeof writer, text: string, statement: string, values: readonly unknown[] = []) =>
    query({ name: statement, text, values: [name, ...values], rowMode: "array" });

  const index: LogIndex = {
    position: async () => Number((await ask(writer, headPosition, "head"))[0]?.[0] ?? 0),
    lookUp: async (wanted) => known(wanted, await ask(asker, lookUp, "look up", [wanted.commandIds.map(keyOf), wanted.streams])),
    places: async (stream, { after, limit }) => {
      const rows = await ask(reader, places, "places", [stream, after, limit]);
      const found = rows.filter((row) => row[1] !== null);
      return { position: Number(rows[0]?.[0] ?? 0), places: found.map((row) => ({ revision: Number(row[1]), position: Number(row[2]) })) };
    },
    extend: async (from, page) => (await ask(writer, extend, "extend", [from, page.position, ...columnsOf(page)])).length > 0,
    clear: async () => {
      await ask(writer, clear, "clear");
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

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** 16 bytes for any command: the digest where its id is no UUID. */
const keyOf = (commandId: string): string => (uuid.test(commandId) ? commandId : hash("sha256", `command ${commandId}`).slice(0, 32));

interface CommandPart {
  readonly nth: number;
  revision: number;
  size: number;
}

/** The parameters of `extend` from the fourth on. */
const columnsOf = ({ events }: IndexedPage): unknown[][] => {
  const streams = new Map<string, { readonly nth: number; revision: number }>();
  const commands = new Map<string, CommandPart>();
  const nths = events.map(({ stream, revision, commandId }) => {
    const place = streams.get(stream) ?? { nth: streams.size + 1, revision };
    place.revision = revision;
    streams.set(stream, place);
    const part = commands.get(commandId);
    if (!part) commands.set(commandId, { nth: place.nth, revision, size: 1 });
    else if (part.nth === place.nth && part.revision === revision - 1) {
      part.revision = revision;
      part.size++;
    }
    return place.nth;
  });
  const parts = [...commands.values()];
  return [
    [...streams.keys()], [...streams.values()].map(({ revision }) => revision),
    nths, ...columnsOfEvents(events),
    [...commands.keys()].map(keyOf), parts.map(({ nth }) => nth), parts.map(({ revision }) => revision), parts.map(({ size }) => size),
  ];
};

const columnsOfEvents = (events: readonly Indexed[]): unknown[][] => [
  events.map(({ revision }) => revision),
  events.map(({ position }) => position),
  events.map(({ id }) => id),
];
