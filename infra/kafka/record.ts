import type { StoredEvent } from "#domain/kernel/event.ts";
import type { PreparedAppend } from "#infra/log/prepared.ts";
import { dataOf } from "#infra/log/rows.ts";
import type { LogRecord, OutgoingRecord } from "./record-batch.ts";

/** What an append needs beside itself to be written. */
export interface Placing {
  /** Of its first event. */
  readonly revision: number;
  readonly at: string;
}

/** An append as it stands in the topic: a record for each event, its envelope in headers, its data as JSON. */
export const recordsOf = ({ stream, cause, events }: PreparedAppend, { revision, at }: Placing): OutgoingRecord[] => {
  const { actor, reason, commandId, correlationId, causationId, traceparent } = cause;
  const shared = {
    at, actor, commandId, correlationId,
    ...(reason === undefined ? {} : { reason }),
    ...(causationId === undefined ? {} : { causationId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  return events.map(({ id, type, json }, index) => ({
    key: stream,
    value: json,
    headers: { id, type, revision: String(revision + index), append: `${index}/${events.length}`, ...shared },
  }));
};

/** A record's envelope; its data is parsed when it is needed. */
export interface LoggedEvent extends Omit<StoredEvent, "data"> {
  readonly json: string;
  /** It is the last of its append. */
  readonly last: boolean;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Throws a defect where somebody else has written into the topic. */
export const loggedEvent = ({ offset, key, value, headers }: LogRecord): LoggedEvent => {
  const text = (name: string): string => {
    const found = headers[name];
    if (found === undefined) throw new Error(`the record at offset ${offset} is no event of Waybill: it has no header ${name}`);
    return found;
  };
  const [index, count] = text("append").split("/").map(Number);
  const event: Mutable<LoggedEvent> = {
    position: positionOf(offset),
    revision: Number(text("revision")),
    at: text("at"),
    id: text("id"),
    stream: key,
    type: text("type"),
    actor: text("actor"),
    commandId: text("commandId"),
    correlationId: text("correlationId"),
    json: value,
    last: index === (count ?? 0) - 1,
  };
  if (headers["reason"] !== undefined) event.reason = text("reason");
  if (headers["causationId"] !== undefined) event.causationId = text("causationId");
  if (headers["traceparent"] !== undefined) event.traceparent = text("traceparent");
  return event;
};

export const storedEvent = ({ json, last, ...event }: LoggedEvent): StoredEvent => {
  void last;
  return { ...event, data: dataOf(json) };
};

/** Offsets begin at 0, positions at 1: the position before everything is 0. So the offset behind a position is the same number. */
export const positionOf = (offset: number): number => offset + 1;
