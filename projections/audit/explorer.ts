import type { StoredEvent } from "#domain/kernel/event.ts";
import { copyRow } from "#projections/kernel/copy.ts";
import { type Projection, sqlBeside } from "#projections/kernel/projection.ts";

/** Every event as it was recorded, for people who search. It takes each one in, so it goes by COPY (bench/projection.ts). */
export const explorer: Projection<StoredEvent> = {
  name: "explorer",
  generation: 2,
  tables: sqlBeside(import.meta.url, "explorer.sql"),
  indexes: sqlBeside(import.meta.url, "explorer-indexes.sql"),
  decode: (stored) => stored,
  apply: (batch, sql) => sql.copy(columns, batch.values().map(row)),
};

const columns =
  "events (position, id, type, stream, revision, at, actor, reason, command_id, correlation_id, causation_id, traceparent, data)";

const row = ({ position, id, type, stream, revision, at, actor, reason, commandId, correlationId, causationId, traceparent, data }: StoredEvent): string =>
  copyRow([
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
  ]);
