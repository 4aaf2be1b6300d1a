import { type Filter, matcherOf, typesOf } from "#domain/deliveries/filter.ts";
import { wireTypes } from "#domain/deliveries/wire-types.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Sql } from "#projections/ports/sql.ts";

export interface Scanning {
  readonly filter: Filter;
  /** Exclusive ends. */
  readonly after: number | null;
  readonly before: number | null;
  readonly backward: boolean;
  /** Events that are wanted, at most. */
  readonly limit: number;
  /** Events that are looked at, at most: what a filter of kinds and keys leaves out has to be read all the same. */
  readonly most: number;
}

export interface Scanned {
  /** In the order of the log. */
  readonly rows: readonly StoredEvent[];
  /** How many events of the wanted types and streams were looked at. */
  readonly looked: number;
  /** The last position that was looked at; null where there was none. */
  readonly edge: number | null;
  /** There may be more beyond the edge. */
  readonly more: boolean;
}

const columns = `e.position, e.id, e.type, e.stream, e.revision, e.at, e.actor, e.reason, e.command_id as "commandId",
  e.correlation_id as "correlationId", e.causation_id as "causationId", e.traceparent, e.data`;

const chunk = 500;
/** An event may have nearly a megabyte, and a chunk is held in memory whole. */
const mostBytes = 8_000_000;

/** Searches events by a filter: types and streams by the tables' indexes, kinds and keys by a look into each that is left. */
export const scanEvents = async (sql: Sql, scanning: Scanning): Promise<Scanned> => {
  const { filter, backward, limit, most } = scanning;
  const isWanted = matcherOf(filter);
  const found: StoredEvent[] = [];
  let { after, before } = scanning;
  let edge: number | null = null;
  let looked = 0;
  for (let more = true; more; ) {
    const rows = await chunkOf(sql, { ...scanning, after, before }, Math.min(chunk, most - looked));
    for (const row of rows) {
      looked++;
      edge = row.position;
      if (isWanted(row)) found.push(row);
      if (found.length === limit) break;
    }
    if (backward) before = edge ?? before;
    else after = edge ?? after;
    more = rows.length > 0;
    if (more && (found.length >= limit || looked >= most)) return { rows: inOrder(found, backward), looked, edge, more };
  }
  return { rows: inOrder(found, backward), looked, edge, more: false };
};

const inOrder = (rows: readonly StoredEvent[], backward: boolean) => (backward ? rows.toReversed() : rows);

const chunkOf = (sql: Sql, { filter, after, before, backward }: Scanning, limit: number): Promise<readonly StoredEvent[]> => {
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const { where, direction } = { where: conditionsOf(filter, place), direction: backward ? "desc" : "asc" };
  if (after !== null) where.push(`position > ${place(after)}`);
  if (before !== null) where.push(`position < ${place(before)}`);
  const text = `select ${columns} from (
      select position, sum(octet_length(data::text)) over (order by position ${direction} rows between unbounded preceding and 1 preceding) as bytes
        from (select position, data from explorer.events ${where.length > 0 ? `where ${where.join(" and ")}` : ""}
               order by position ${direction} limit ${place(limit)}) near) sized
    join explorer.events e using (position) where coalesce(bytes, 0) < ${mostBytes} order by e.position ${direction}`;
  return sql.query<StoredEvent>({ text, values });
};

/** How many events behind `after` are of the wanted types and streams. */
export const countEvents = async (sql: Sql, filter: Filter, after: number): Promise<number> => {
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const where = [...conditionsOf(filter, place), `position > ${place(after)}`].join(" and ");
  const [row] = await sql.query<{ count: number }>({ text: `select count(*)::bigint as count from explorer.events where ${where}`, values });
  return row?.count ?? 0;
};

const conditionsOf = (filter: Filter, place: (value: unknown) => string): string[] => {
  const types = typesOf(filter, wireTypes);
  const { streams } = filter;
  const exact = streams?.filter((stream) => !stream.endsWith("*"));
  const beginnings = streams?.filter((stream) => stream.endsWith("*")).map((stream) => stream.slice(0, -1));
  return [
    ...(types ? [`type = any(${place(types)}::text[])`] : []),
    ...(exact && beginnings ? [`(stream = any(${place(exact)}::text[]) or stream ^@ any(${place(beginnings)}::text[]))`] : []),
  ];
};

/** The last position before a moment; 0 where everything is later. Found by halving: positions and times grow together. */
export const positionBefore = async (sql: Sql, at: string): Promise<number> => {
  const [last] = await sql.query<{ position: number | null }>({ name: "explorer.last", text: "select max(position) as position from explorer.events" });
  let [low, high] = [0, last?.position ?? 0];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [row] = await sql.query<{ position: number; earlier: boolean }>({
      name: "explorer.at",
      text: "select position, at < $2 as earlier from explorer.events where position <= $1 order by position desc limit 1",
      values: [middle, at],
    });
    if (row?.earlier === true) low = middle;
    else high = Math.min(middle - 1, (row?.position ?? 1) - 1);
  }
  return Math.max(0, low);
};
