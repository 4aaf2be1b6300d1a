import { hash } from "node:crypto";
import { jcs } from "#domain/kernel/jcs.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { hashLeaf, type Hash } from "./merkle.ts";

/**
 * The one text of a stored event: RFC 8785 over the whole envelope with the data, members that are absent left out. It is on one line.
 * The same in every engine; what is hashed, exported and proven is this.
 */
export const canonicalEvent = (event: StoredEvent): string => {
  const { actor, at, causationId, commandId, correlationId, data, id, position, reason, revision, stream, traceparent, type } = event;
  return `{"actor":${JSON.stringify(actor)},"at":${JSON.stringify(at)},${optional("causationId", causationId)}"commandId":${JSON.stringify(commandId)},"correlationId":${JSON.stringify(correlationId)},"data":${jcs(data)},"id":${JSON.stringify(id)},"position":${position},${optional("reason", reason)}"revision":${revision},"stream":${JSON.stringify(stream)},${optional("traceparent", traceparent)}"type":${JSON.stringify(type)}}`;
};

const optional = (name: string, value: string | undefined): string => (value === undefined ? "" : `"${name}":${JSON.stringify(value)},`);

/** C2SP tlog-tiles: an entry's length is a big-endian uint16 in its bundle. */
export const mostEntryBytes = 65_535;

/**
 * The tree's entry for an event: its canonical text; where that has more than 65,535 bytes, a text that names it by digest and size. The
 * two cannot be taken for one another: an event has an actor, a reference has none.
 */
export const entryOf = (canonical: string, position: number): string => {
  if (canonical.length * 3 <= mostEntryBytes) return canonical;
  const size = Buffer.byteLength(canonical);
  return size <= mostEntryBytes ? canonical : `{"position":${position},"sha256":"${hash("sha256", canonical)}","size":${size}}`;
};

export const leafHash = (event: StoredEvent): Hash => hashLeaf(entryOf(canonicalEvent(event), event.position));
