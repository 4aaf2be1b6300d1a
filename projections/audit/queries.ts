import type { StoredEvent } from "#domain/kernel/event.ts";
import { rowsOf, type Stretch } from "#projections/kernel/keyset.ts";
import type { Sql } from "#projections/ports/sql.ts";

const columns = `select position, id, type, stream, revision, at, actor, reason, command_id as "commandId",
  correlation_id as "correlationId", causation_id as "causationId", traceparent, data from explorer.events`;

export interface EventFilter {
  readonly stream: string | null;
  /** A wire type, or the beginning of some with a `*` behind it: `trust.*`. */
  readonly type: string | null;
  readonly correlationId: string | null;
  readonly actor: string | null;
  /** Positions, both inclusive; null: from the beginning, or to the end. */
  readonly from: number | null;
  readonly to: number | null;
}

export const eventByPosition = async (sql: Sql, position: number): Promise<StoredEvent | null> => {
  const [row] = await sql.query<StoredEvent>({ name: "explorer.event", text: `${columns} where position = $1`, values: [position] });
  return row ?? null;
};

export const eventById = async (sql: Sql, id: string): Promise<StoredEvent | null> => {
  const [row] = await sql.query<StoredEvent>({ name: "explorer.by_id", text: `${columns} where id = $1 order by position limit 1`, values: [id] });
  return row ?? null;
};

/** An event may have nearly a megabyte, and a page is held in memory whole. */
const mostBytes = 8_000_000;

interface Sized {
  readonly position: number;
  readonly bytes: number;
}

/** In the order of the log. Fewer than were asked for where they are large; at least one. */
export const eventsPage = async (sql: Sql, filter: EventFilter, stretch: Stretch): Promise<{ readonly rows: readonly StoredEvent[]; readonly more: boolean }> => {
  const { rows, more } = await sizesOf(sql, filter, stretch);
  const fitting = within(stretch.backward ? rows.toReversed() : rows);
  if (fitting.length === 0) return { rows: [], more };
  const events = await eventsAt(sql, fitting.map(({ position }) => position));
  return { rows: events, more: more || fitting.length < rows.length };
};

/** In the order of the log. */
export const eventsAt = (sql: Sql, positions: readonly number[]): Promise<readonly StoredEvent[]> =>
  sql.query<StoredEvent>({ name: "explorer.page", text: `${columns} where position = any($1::bigint[]) order by position`, values: [positions] });

/** As many as fit into one answer. */
export const within = <Row extends Pick<Sized, "bytes">>(rows: readonly Row[]): readonly Row[] => {
  let bytes = 0;
  const over = rows.findIndex((row, index) => (bytes += row.bytes) > mostBytes && index > 0);
  return over < 0 ? rows : rows.slice(0, over);
};

const sizesOf = (sql: Sql, filter: EventFilter, stretch: Stretch) => {
  const filters = conditionsOf(filter);
  return rowsOf<Sized>(
    sql,
    {
      name: ["explorer.events", ...filters.map(({ form }) => form)].join("."),
      select: "select position, octet_length(data::text) as bytes from explorer.events",
      where: filters.map(({ text }, index) => `${text}$${index + 1}`),
      values: filters.map(({ value }) => value),
      key: ["position"],
    },
    stretch,
  );
};

/** What a filter says of the columns that have an index. */
export const conditionsOf = (filter: EventFilter) =>
  [
    { form: "stream", text: "stream = ", value: filter.stream },
    filter.type?.endsWith("*") === true
      ? { form: "types", text: "type ^@ ", value: filter.type.slice(0, -1) }
      : { form: "type", text: "type = ", value: filter.type },
    { form: "correlation", text: "correlation_id = ", value: filter.correlationId },
    { form: "actor", text: "actor = ", value: filter.actor },
    { form: "from", text: "position >= ", value: filter.from },
    { form: "to", text: "position <= ", value: filter.to },
  ].filter(({ value }) => value !== null);
