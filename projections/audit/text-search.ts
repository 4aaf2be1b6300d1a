import { isConfidential } from "#domain/deliveries/confidential.ts";
import { wireTypes } from "#domain/deliveries/wire-types.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Stretch } from "#projections/kernel/keyset.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { conditionsOf, type EventFilter, eventsAt, within } from "./queries.ts";

interface TextSearch {
  readonly filter: EventFilter;
  /** Anywhere in an event, in capitals or not. */
  readonly text: string;
  /** The data of events that not everybody may see is searched, too. */
  readonly confidential: boolean;
  readonly stretch: Stretch;
}

/** One look at the table. */
interface Looked {
  readonly looked: number;
  readonly edge: number | null;
  readonly positions: readonly number[];
  readonly bytes: readonly number[];
}

export interface TextFound {
  /** In the order of the log. */
  readonly rows: readonly StoredEvent[];
  /** The last position that was looked at; null where there was none. */
  readonly edge: number | null;
  readonly more: boolean;
}

/** Events that one page looks at, at most, and at a time. */
const most = 20_000;
const atOnce = 4000;

/**
 * Events with a text in them, among those that the filter leaves. There is no index of texts, which would cost each event more than all
 * others together: a page looks at so many events and no more, and its cursor goes on where it stopped.
 */
export const searchText = async (sql: Sql, search: TextSearch): Promise<TextFound> => {
  const { limit } = search.stretch;
  let [edge, looked, more]: [number | null, number, boolean] = [null, 0, true];
  const found: { position: number; bytes: number }[] = [];
  while (more && looked < most && found.length < limit) {
    const next = await look(sql, search, edge);
    looked += next.looked;
    edge = next.edge ?? edge;
    more = next.looked === atOnce;
    found.push(...next.positions.map((position, at) => ({ position, bytes: next.bytes[at] ?? 0 })));
  }
  const fitting = within(found.slice(0, limit));
  const rows = fitting.length === 0 ? [] : await eventsAt(sql, fitting.map(({ position }) => position));
  const isCut = fitting.length < found.length;
  return { rows, edge: isCut ? (fitting.at(-1)?.position ?? edge) : edge, more: more || isCut };
};

const look = async (sql: Sql, { filter, text, confidential, stretch: { after, before, backward } }: TextSearch, edge: number | null): Promise<Looked> => {
  const values: unknown[] = [text.toLowerCase()];
  const place = (value: unknown) => `$${values.push(value)}`;
  const data = confidential ? "data::text" : `case when type = any(${place(hidden)}::text[]) then '' else data::text end`;
  const where = conditionsOf(filter).map(({ text, value }) => `${text}${place(value)}`);
  const [low, high] = backward ? [after?.[0], edge ?? before?.[0]] : [edge ?? after?.[0], before?.[0]];
  if (low !== undefined) where.push(`position > ${place(low)}`);
  if (high !== undefined) where.push(`position < ${place(high)}`);
  const direction = backward ? "desc" : "asc";
  const [row] = await sql.query<Looked>({
    text: `with near as materialized (
        select position, octet_length(data::text) as bytes,
               strpos(lower(concat_ws(' ', id, type, stream, actor, reason, command_id, correlation_id, causation_id, ${data})), $1) > 0 as hit
          from explorer.events ${where.length > 0 ? `where ${where.join(" and ")}` : ""} order by position ${direction} limit ${place(atOnce)})
      select count(*)::int as looked, ${backward ? "min" : "max"}(position) as edge,
             coalesce(array_agg(position::float8 order by position ${direction}) filter (where hit), '{}') as positions,
             coalesce(array_agg(bytes order by position ${direction}) filter (where hit), '{}') as bytes from near`,
    values,
  });
  return row ?? { looked: 0, edge: null, positions: [], bytes: [] };
};

const hidden = wireTypes.filter((type) => isConfidential({ type }));
