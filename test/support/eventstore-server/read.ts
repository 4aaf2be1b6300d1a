import type { ServerWritableStream } from "@grpc/grpc-js";
import { streams, streamNameOf } from "./definitions.ts";
import { delayed } from "./faults.ts";
import type { StoredRecord } from "./record.ts";
import { eventResponse, streamNotFound } from "./responses.ts";
import type { Serving } from "./serving.ts";
import { subscribe } from "./subscribe.ts";

export type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;

/** A read of a stream or of `$all`, or a subscription to `$all`. */
export const read = (serving: Serving) => (call: ReadCall): void => {
  const refused = serving.refuse(call.metadata);
  const options = call.request.getOptions();
  if (refused || !options) return void call.emit("error", refused);
  void delayed(serving.faults).then(() => {
    if (options.hasSubscription()) return subscribe(serving, call, options);
    return answer(call, responsesTo(serving, options));
  });
};

function* responsesTo({ store }: Serving, options: streams.ReadReq.Options): Generator<streams.ReadResp, void> {
  const stream = options.getStream();
  const records = stream ? store.stream(streamNameOf(stream.getStreamIdentifier())) : store.all;
  if (stream && records.length === 0) yield streamNotFound(streamNameOf(stream.getStreamIdentifier()));
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  let index = startIn(records, options, backwards);
  for (let left = Number(options.getCount()); left > 0; left--) {
    const record = records[index];
    if (!record) return;
    yield eventResponse(record);
    index += backwards ? -1 : 1;
  }
}

/** Inclusive going forwards; a revision or position may lie between two events. */
const startIn = (records: readonly StoredRecord[], options: streams.ReadReq.Options, backwards: boolean): number => {
  const [stream, all] = [options.getStream(), options.getAll()];
  if (stream?.hasStart() || all?.hasStart()) return 0;
  if (stream?.hasEnd() || all?.hasEnd()) return records.length - 1;
  const revision = Number(stream?.getRevision());
  const position = Number(all?.getPosition()?.getCommitPosition());
  const place = stream ? (record: StoredRecord) => record.revision >= revision : (record: StoredRecord) => record.position >= position;
  const at = lowerBound(records, place);
  // A position is exclusive going backwards, a revision is not.
  if (!backwards) return at;
  return stream ? Math.min(at, records.length - 1) : at - 1;
};

/** Index of the first record that reaches the place. */
export const lowerBound = (records: readonly StoredRecord[], reaches: (record: StoredRecord) => boolean): number => {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const record = records[middle];
    if (record && reaches(record)) high = middle;
    else low = middle + 1;
  }
  return low;
};

const answer = async (call: ReadCall, responses: Iterable<streams.ReadResp>) => {
  for (const response of responses) {
    if (call.cancelled || call.destroyed) return;
    if (!call.write(response)) await drained(call);
  }
  call.end();
};

/** Resolves when there is room again, or nobody reads any more. */
export const drained = (call: ReadCall): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      for (const event of ["drain", "close", "cancelled", "error"]) call.off(event, done);
      resolve();
    };
    for (const event of ["drain", "close", "cancelled", "error"]) call.once(event, done);
  });
