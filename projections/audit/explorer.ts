import type { StoredEvent } from "#domain/kernel/event.ts";
import { type Appends, copied } from "#projections/kernel/appends.ts";
import { type Projection, sqlBeside } from "#projections/kernel/projection.ts";

const events: Appends<StoredEvent> = {
  table: "events",
  columns: {
    position: "bigint",
    id: "uuid",
    type: "text",
    stream: "text",
    revision: "integer",
    at: "timestamptz",
    actor: "text",
    reason: "text",
    command_id: "uuid",
    correlation_id: "text",
    causation_id: "uuid",
    traceparent: "text",
    data: "json",
  },
  row: ({ position, id, type, stream, revision, at, actor, reason, commandId, correlationId, causationId, traceparent, data }) => [
    position,
    id,
    type,
    stream,
    revision,
    at,
    actor,
    reason ?? null,
    commandId,
    correlationId,
    causationId ?? null,
    traceparent ?? null,
    JSON.stringify(data),
  ],
};

/** Every event as it was recorded, for people who search. It takes each one in, so it goes by COPY (bench/projection.ts). */
export const explorer: Projection<StoredEvent> = {
  name: "explorer",
  generation: 2,
  tables: sqlBeside(import.meta.url, "explorer.sql"),
  indexes: sqlBeside(import.meta.url, "explorer-indexes.sql"),
  decode: (stored) => stored,
  appends: events,
  apply: (batch, sql) => sql.copy(...copied(events, batch)),
};
