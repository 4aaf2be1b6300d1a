import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Indexed } from "#infra/log/index/log-index.ts";
import type { PreparedAppend } from "#infra/log/prepared.ts";
import { dataOf } from "#infra/log/rows.ts";
import { shared, streams } from "./client.ts";

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type RecordedEvent = streams.ReadResp.ReadEvent.RecordedEvent;

/** The names `$correlationId` and `$causationId` are EventStoreDB's own: its projection `$by_correlation_id` goes by them. */
interface Envelope {
  readonly actor: string;
  readonly reason?: string | undefined;
  readonly commandId: string;
  readonly $correlationId: string;
  readonly $causationId?: string | undefined;
  readonly traceparent?: string | undefined;
  /** Of the command's last event: how many it has. */
  readonly size?: number;
  /** Beside `size`: which of several sendings of the same events this is. */
  readonly attempt?: string;
}

/** What the index and those who wait for an append need to know of an event. */
export interface Seen extends Indexed {
  /** Of the last event of a command: the sending that has stored it. */
  readonly attempt: string | undefined;
}

export interface LogEvent extends Pick<Seen, "attempt"> {
  readonly event: StoredEvent;
  /** About; of its data. */
  readonly bytes: number;
}

/** Positions begin at 0 in EventStoreDB, where 0 is before everything here. Throws where a number cannot count so far. */
export const positionOf = (commit: string): number => {
  const position = Number(commit) + 1;
  if (!Number.isSafeInteger(position)) throw new RangeError(`position ${commit} is beyond 2^53`);
  return position;
};

/** Undefined for what is no event of this log. */
export const seen = (read: streams.ReadResp.ReadEvent | undefined, prefix: string): Seen | undefined => {
  const found = opened(read, prefix);
  return found && { ...placeOf(found), attempt: attemptOf(found.envelope) };
};

/** Undefined for what is no event of this log. */
export const logEvent = (read: streams.ReadResp.ReadEvent | undefined, prefix: string): LogEvent | undefined => {
  const found = opened(read, prefix);
  if (!found) return undefined;
  const { recorded, envelope } = found;
  const { actor, $correlationId: correlationId, reason, $causationId, traceparent } = envelope;
  const data = recorded.getData_asU8();
  const type = recorded.getMetadataMap().get("type") ?? "";
  const event: Mutable<StoredEvent> = { ...placeOf(found), at: timeOf(recorded), type, actor, correlationId, data: dataOf(text(data)) };
  if (reason !== undefined) event.reason = reason;
  if ($causationId !== undefined) event.causationId = $causationId;
  if (traceparent !== undefined) event.traceparent = traceparent;
  return { event, bytes: data.length, attempt: attemptOf(envelope) };
};

interface Opened {
  readonly recorded: RecordedEvent;
  readonly stream: string;
  readonly envelope: Envelope;
}

const opened = (read: streams.ReadResp.ReadEvent | undefined, prefix: string): Opened | undefined => {
  const recorded = read?.getEvent();
  const name = recorded && streamOf(recorded);
  if (!recorded || !name?.startsWith(prefix)) return undefined;
  const envelope = envelopeOf(recorded);
  return envelope && { recorded, stream: name.slice(prefix.length), envelope };
};

const placeOf = ({ recorded, stream, envelope }: Opened): Indexed => ({
  position: positionOf(recorded.getCommitPosition()),
  stream,
  revision: Number(recorded.getStreamRevision()),
  id: recorded.getId()?.getString() ?? "",
  commandId: envelope.commandId,
});

const attemptOf = ({ size, attempt = "" }: Envelope): string | undefined => (size === undefined ? undefined : attempt);

/** Ticks of 100 ns since 1970, given by the server. */
const timeOf = (recorded: RecordedEvent): string => new Date(Number(recorded.getMetadataMap().get("created")) / 10_000).toISOString();

const streamOf = (recorded: RecordedEvent): string => text(recorded.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array());

const envelopeOf = (recorded: RecordedEvent): Envelope | undefined => {
  const metadata = text(recorded.getCustomMetadata_asU8());
  if (!metadata.startsWith("{")) return undefined;
  try {
    const parsed = JSON.parse(metadata) as Partial<Envelope>;
    return parsed.actor !== undefined && parsed.commandId !== undefined && parsed.$correlationId !== undefined ? (parsed as Envelope) : undefined;
  } catch {
    return undefined;
  }
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");

export const identifierOf = (stream: string): shared.StreamIdentifier => new shared.StreamIdentifier().setStreamName(Buffer.from(stream, "utf8"));

/** What is sent of one command. */
export const proposed = ({ cause, events }: PreparedAppend, attempt: string): streams.BatchAppendReq.ProposedMessage[] => {
  const { actor, reason, commandId, correlationId, causationId, traceparent } = cause;
  const envelope: Envelope = { actor, reason, commandId, $correlationId: correlationId, $causationId: causationId, traceparent };
  const usual = Buffer.from(JSON.stringify(envelope), "utf8");
  const last = Buffer.from(JSON.stringify({ ...envelope, size: events.length, attempt }), "utf8");
  return events.map(({ id, type, json }, index) => {
    const message = new streams.BatchAppendReq.ProposedMessage()
      .setId(new shared.UUID().setString(id))
      .setData(Buffer.from(json, "utf8"))
      .setCustomMetadata(index === events.length - 1 ? last : usual);
    message.getMetadataMap().set("type", type).set("content-type", "application/json");
    return message;
  });
};
