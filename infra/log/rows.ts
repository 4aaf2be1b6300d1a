import type { StoredEvent } from "#domain/kernel/event.ts";
import type { JsonObject } from "#domain/kernel/json.ts";

/** The columns of a stored event in the order that `storedEvent` takes them, the same in every SQL engine. */
export const columns = "position, revision, at, id, stream, type, actor, reason, command_id, correlation_id, causation_id, traceparent, data";

export const dataColumn = 12;

/** The values of `columns`. */
export interface Row {
  readonly [index: number]: unknown;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** What an append wrote comes back as it was. */
export const dataOf = (json: string): JsonObject => JSON.parse(json) as JsonObject;

export const storedEvent = (row: Row, at = String(row[2])): StoredEvent => {
  const event: Mutable<StoredEvent> = {
    position: Number(row[0]),
    revision: Number(row[1]),
    at,
    id: String(row[3]),
    stream: String(row[4]),
    type: String(row[5]),
    actor: String(row[6]),
    commandId: String(row[8]),
    correlationId: String(row[9]),
    data: dataOf(String(row[dataColumn])),
  };
  const { 7: reason, 10: causationId, 11: traceparent } = row;
  if (typeof reason === "string") event.reason = reason;
  if (typeof causationId === "string") event.causationId = causationId;
  if (typeof traceparent === "string") event.traceparent = traceparent;
  return event;
};
