import { publicOf } from "#domain/deliveries/confidential.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";

const bodies = new WeakMap<StoredEvent, Buffer>();

/** What is sent of an event: CloudEvents 1.0, structured JSON. Made once, however many endpoints get it. */
export const bodyOf = (event: StoredEvent): Buffer => {
  const known = bodies.get(event);
  if (known) return known;
  const body = Buffer.from(JSON.stringify(cloudEvent(publicOf(event))));
  bodies.set(event, body);
  return body;
};

/** Extensions are lower case without separators (CloudEvents 1.0.2 §3); a position may be larger than its 32-bit integers. */
const cloudEvent = ({ id, type, stream, revision, position, at, actor, reason, commandId, correlationId, causationId, traceparent, data }: StoredEvent) => ({
  specversion: "1.0",
  id,
  source: `urn:waybill:stream:${encodeURIComponent(stream)}`,
  type,
  subject: stream,
  time: at,
  datacontenttype: "application/json",
  position: String(position),
  revision,
  actor,
  ...(reason === undefined || reason === null ? {} : { reason }),
  commandid: commandId,
  correlationid: correlationId,
  ...(causationId === undefined || causationId === null ? {} : { causationid: causationId }),
  ...(traceparent === undefined || traceparent === null ? {} : { traceparent }),
  data,
});

export const contentType = "application/cloudevents+json; charset=utf-8";
