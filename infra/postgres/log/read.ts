import { Pool, type ClientConfig, type QueryArrayConfig } from "pg";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { EventLog, Page, ReadAll, Receipt } from "#commands/ports/event-log.ts";
import { pageCharacters, pageEnd } from "#infra/log/event-log.ts";
import { columns, dataColumn, type Row, storedEvent } from "#infra/log/rows.ts";
import { livelyConnection, rawValues } from "./connection.ts";
import { unavailable } from "./errors.ts";

/** The questions to the log, over a few connections of their own: none waits for appends. */
export const reader = (config: ClientConfig) => {
  const pool = new Pool({ max: 4, ...livelyConnection, ...rawValues, ...config });
  // Without a listener the loss of an idle connection would end the process; the pool makes another.
  pool.on("error", () => undefined);
  const rows = async (name: string, text: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    const statement: QueryArrayConfig = { name, text, values: [...values], rowMode: "array" };
    try {
      return (await pool.query<unknown[]>(statement)).rows;
    } catch (error) {
      throw unavailable(error);
    }
  };

  const head = async () => Number((await rows("head", headPosition, []))[0]?.[0]);

  const readAll = async ({ after, limit, types }: ReadAll): Promise<Page> => {
    const found = types ? await rows("matching", matching, [after, limit, types]) : await rows("stretch", stretch, [after, limit]);
    const last = Number(found[0]?.[headColumn]);
    const matched = found.filter((row) => row[0] !== null);
    const events = stored(matched);
    const end = pageIsFull(matched) ? pageEnd(events.at(-1)?.position ?? after, 0, last) : pageEnd(after, limit, last);
    return { events, ...end };
  };

  const read: EventLog["read"] = async (stream, { after = -1, limit } = {}) =>
    stored(await rows("stream", ofStream, [stream, after, limit ?? null]));

  const receipts = async (commandIds: readonly string[]): Promise<ReadonlyMap<string, Receipt>> => {
    const found = await rows("receipts", ofCommands, [commandIds]);
    return new Map(found.map((row) => [String(row[0]), receipt(row)]));
  };

  return { head, readAll, read, receipts, close: () => pool.end() };
};

const headPosition = "select coalesce(max(position), 0) from waybill_log.events";
const values = columns.replace(" at,", " (extract(epoch from at) * 1000)::bigint,");
const headColumn = 13;

// The head and the events in one statement, hence of one moment; a row of nulls where there are no events.
const page = (condition: string) => `
  select ${values}, head from (${headPosition}) as h (head)
  left join lateral (
    select *, sum(length(data)) over (order by position) - length(data) as before
    from waybill_log.events where position > $1 and position <= least($1::bigint + $2::bigint, head) ${condition}
  ) events on before < ${pageCharacters} order by position`;

const pageIsFull = (rows: readonly Row[]): boolean => rows.reduce((sum, row) => sum + String(row[dataColumn]).length, 0) >= pageCharacters;

const stretch = page("");
const matching = page("and type = any($3::text[])");
const ofStream = `select ${values} from waybill_log.events where stream = $1 and revision > $2 order by revision limit $3`;

const ofCommands = `
  select l.command_id, l.position, l.stream, l.revision,
    (select string_agg(e.id::text, ',' order by e.position) from waybill_log.events e where e.position > l.position - l.size and e.position <= l.position)
  from waybill_log.events l where l.command_id = any($1::text[]) and l.size is not null`;

const receipt = (row: Row): Receipt => ({
  position: Number(row[1]),
  stream: String(row[2]),
  revision: Number(row[3]),
  eventIds: String(row[4]).split(","),
  replayed: true,
});

const stored = (rows: readonly Row[]): StoredEvent[] => {
  // Events of one group have one time.
  let [time, at]: [unknown, string] = ["", ""];
  return rows.map((row) => {
    if (row[2] !== time) {
      time = row[2];
      at = new Date(Number(time)).toISOString();
    }
    return storedEvent(row, at);
  });
};
