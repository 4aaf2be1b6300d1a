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
}

export const eventByPosition = async (sql: Sql, position: number): Promise<StoredEvent | null> => {
  const [row] = await sql.query<StoredEvent>({ name: "explorer.event", text: `${columns} where position = $1`, values: [position] });
  return row ?? null;
};

/** In the order of the log. */
export const eventsPage = (sql: Sql, filter: EventFilter, stretch: Stretch) => {
  const filters = [
    { form: "stream", text: "stream = ", value: filter.stream },
    filter.type?.endsWith("*") === true
      ? { form: "types", text: "type ^@ ", value: filter.type.slice(0, -1) }
      : { form: "type", text: "type = ", value: filter.type },
    { form: "correlation", text: "correlation_id = ", value: filter.correlationId },
  ].filter(({ value }) => value !== null);
  return rowsOf<StoredEvent>(
    sql,
    {
      name: ["explorer.events", ...filters.map(({ form }) => form)].join("."),
      select: columns,
      where: filters.map(({ text }, index) => `${text}$${index + 1}`),
      values: filters.map(({ value }) => value),
      key: ["position"],
    },
    stretch,
  );
};
