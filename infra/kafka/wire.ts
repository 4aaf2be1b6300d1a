import { type Broker, exchange, protocolFailure } from "./client.ts";
import { type Batch, decodeBatches, encodeBatch, type OutgoingRecord, type Sender } from "./record-batch.ts";

// The two requests that carry records, to partition 0: https://kafka.apache.org/protocol.html#The_Messages_Produce, v7, and Fetch, v11.

export interface Producing {
  readonly topic: string;
  readonly records: readonly OutgoingRecord[];
  readonly sender?: Sender & { readonly transactionalId: string };
}

/** Answers with the first record's offset when all replicas in sync have them. */
export const produce = async (broker: Broker, { topic, records, sender }: Producing): Promise<number> => {
  const batch = encodeBatch(records, sender);
  const frame = new Frame()
    .text(sender?.transactionalId)
    .int16(-1)
    .int32(5000)
    .int32(1).text(topic).int32(1).int32(0).int32(batch.length);
  return exchange(broker, { apiKey: 0, apiVersion: 7, apiName: "Produce", body: [frame.bytes(), batch], decode: produced });
};

const produced = (answer: Buffer): number => {
  // One topic, one partition: the name's length is at 4, the partition behind it and behind their count.
  const at = 4 + 2 + answer.readInt16BE(4) + 4 + 4;
  failOn(answer.readInt16BE(at));
  return Number(answer.readBigInt64BE(at + 2));
};

export interface Fetching {
  readonly topic: string;
  readonly offset: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
}

export interface FetchedStretch {
  readonly lastStableOffset: number;
  readonly aborted: readonly Aborted[];
  readonly batches: readonly Batch[];
}

/** A transaction that was aborted. */
export interface Aborted {
  readonly producerId: string;
  readonly firstOffset: number;
}

/** As far as transactions have ended. */
export const fetchStretch = (broker: Broker, { topic, offset, maxBytes, maxWaitMs }: Fetching): Promise<FetchedStretch> => {
  const frame = new Frame()
    .int32(-1).int32(maxWaitMs).int32(1).int32(maxBytes)
    .int8(1) // read committed
    .int32(0).int32(-1) // no session
    .int32(1).text(topic).int32(1)
    .int32(0).int32(-1).int64(offset).int64(-1).int32(maxBytes)
    .int32(0).text("");
  return exchange(broker, { apiKey: 1, apiVersion: 11, apiName: "Fetch", body: [frame.bytes()], requestTimeout: maxWaitMs + 2000, decode: fetched });
};

const fetched = (answer: Buffer): FetchedStretch => {
  failOn(answer.readInt16BE(4));
  let at = 4 + 2 + 4 + 4;
  at += 2 + answer.readInt16BE(at) + 4 + 4;
  failOn(answer.readInt16BE(at));
  const lastStableOffset = Number(answer.readBigInt64BE(at + 2 + 8));
  at += 2 + 8 + 8 + 8;
  const aborted: Aborted[] = [];
  const count = answer.readInt32BE(at);
  at += 4;
  for (let left = count; left > 0; left--, at += 16)
    aborted.push({ producerId: String(answer.readBigInt64BE(at)), firstOffset: Number(answer.readBigInt64BE(at + 8)) });
  at += 4;
  const size = Math.max(answer.readInt32BE(at), 0);
  at += 4;
  return { lastStableOffset, aborted, batches: decodeBatches(answer.subarray(at, at + size)) };
};

const failOn = (code: number) => {
  if (code !== 0) throw protocolFailure(code);
};

/** Bytes in the protocol's types. */
class Frame {
  readonly #parts: Buffer[] = [];

  #add(size: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(size);
    write(bytes);
    this.#parts.push(bytes);
    return this;
  }
  int8 = (value: number) => this.#add(1, (bytes) => bytes.writeInt8(value));
  int16 = (value: number) => this.#add(2, (bytes) => bytes.writeInt16BE(value));
  int32 = (value: number) => this.#add(4, (bytes) => bytes.writeInt32BE(value));
  int64 = (value: number) => this.#add(8, (bytes) => bytes.writeBigInt64BE(BigInt(value)));
  text = (value?: string) => {
    if (value === undefined) return this.int16(-1);
    const bytes = Buffer.from(value);
    this.int16(bytes.length).#parts.push(bytes);
    return this;
  };
  bytes = () => Buffer.concat(this.#parts);
}
