import { streams, streamNameOf } from "./definitions.ts";
import type { Proposed } from "./record.ts";
import type { Append } from "./store.ts";

type Message = streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage;

export const proposedOf = (message: Message): Proposed => ({
  id: message.getId()?.getString() ?? "",
  type: message.getMetadataMap().get("type") ?? "",
  contentType: message.getMetadataMap().get("content-type") ?? "",
  data: Buffer.from(message.getData_asU8()),
  metadata: Buffer.from(message.getCustomMetadata_asU8()),
});

export const targetOf = (options: streams.AppendReq.Options): Omit<Append, "events"> => ({
  stream: streamNameOf(options.getStreamIdentifier()),
  expected: options.hasRevision() ? BigInt(options.getRevision()) : namedExpectation(options),
});

export const batchTargetOf = (options: streams.BatchAppendReq.Options): Omit<Append, "events"> => ({
  stream: streamNameOf(options.getStreamIdentifier()),
  expected: options.hasStreamPosition() ? BigInt(options.getStreamPosition()) : namedExpectation(options),
});

const namedExpectation = (options: { hasNoStream(): boolean; hasStreamExists(): boolean }) => {
  if (options.hasNoStream()) return "no_stream";
  return options.hasStreamExists() ? "stream_exists" : "any";
};

/** What counts against the largest append: KurrentDB's `Event.SizeOnDisk`. */
export const sizeOnDisk = ({ type, data, metadata }: Proposed): number => data.length + metadata.length + type.length * 2;
