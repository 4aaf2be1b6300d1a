import { identifierOf, shared, streams } from "./definitions.ts";
import type { StoredRecord } from "./record.ts";

export const eventResponse = (record: StoredRecord): streams.ReadResp => {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(record.id))
    .setStreamIdentifier(identifierOf(record.stream))
    .setStreamRevision(String(record.revision))
    .setCommitPosition(String(record.position))
    .setPreparePosition(String(record.position))
    .setData(record.data)
    .setCustomMetadata(record.metadata);
  // Ticks of 100 ns since 1970.
  const created = String(BigInt(record.created) * 10_000n);
  for (const [key, value] of [["type", record.type], ["content-type", record.contentType], ["created", created]] as const)
    event.getMetadataMap().set(key, value);
  return new streams.ReadResp().setEvent(new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(record.position)));
};

export const checkpointResponse = (position: number): streams.ReadResp =>
  new streams.ReadResp().setCheckpoint(new streams.ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)));

export const confirmation = (id: string): streams.ReadResp =>
  new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id));

export const caughtUp = (): streams.ReadResp => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

export const fellBehind = (): streams.ReadResp => new streams.ReadResp().setFellBehind(new streams.ReadResp.FellBehind());

export const streamNotFound = (name: string): streams.ReadResp =>
  new streams.ReadResp().setStreamNotFound(new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(name)));
