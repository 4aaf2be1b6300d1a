import { crc32c } from "./crc32c.ts";

// Kafka's record batches, https://kafka.apache.org/documentation/#recordbatch: kafkajs makes a buffer for each header of each record, and
// an event has eight of them (ADR-0009).

export interface OutgoingRecord {
  readonly key: string;
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LogRecord extends OutgoingRecord {
  readonly offset: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Who sends; -1 for nobody in particular. */
export interface Sender {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
}

const head = 61;
const transactional = 16;
const control = 32;
const compressed = 7;

export const encodeBatch = (records: readonly OutgoingRecord[], sender?: Sender): Buffer => {
  const sizes = records.map((record, index) => sizeOf(record, index));
  const batch = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + sizeOfVarint(size) + size, head));
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(0, 12);
  batch.writeInt8(2, 16);
  batch.writeInt16BE(sender ? transactional : 0, 21);
  batch.writeInt32BE(records.length - 1, 23);
  const now = BigInt(Date.now());
  batch.writeBigInt64BE(now, 27);
  batch.writeBigInt64BE(now, 35);
  batch.writeBigInt64BE(sender?.producerId ?? -1n, 43);
  batch.writeInt16BE(sender?.producerEpoch ?? -1, 51);
  batch.writeInt32BE(sender?.firstSequence ?? -1, 53);
  batch.writeInt32BE(records.length, 57);
  let at = head;
  for (const [index, record] of records.entries()) at = writeRecord(batch, at, { record, index, size: sizes[index] ?? 0 });
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
};

const sizeOfText = (text: string): number => {
  const bytes = Buffer.byteLength(text);
  return sizeOfVarint(bytes) + bytes;
};

const sizeOf = ({ key, value, headers = {} }: OutgoingRecord, index: number): number => {
  // Attributes and the difference in time take a byte each.
  let size = 2 + sizeOfVarint(index) + sizeOfText(key) + sizeOfText(value);
  let count = 0;
  for (const name in headers) {
    size += sizeOfText(name) + sizeOfText(headers[name] ?? "");
    count++;
  }
  return size + sizeOfVarint(count);
};

const writeRecord = (batch: Buffer, start: number, { record, index, size }: { readonly record: OutgoingRecord; readonly index: number; readonly size: number }): number => {
  let at = writeVarint(batch, start, size);
  batch[at++] = 0;
  batch[at++] = 0;
  at = writeVarint(batch, at, index);
  at = writeText(batch, at, record.key);
  at = writeText(batch, at, record.value);
  const { headers = {} } = record;
  at = writeVarint(batch, at, Object.keys(headers).length);
  for (const name in headers) at = writeText(batch, writeText(batch, at, name), headers[name] ?? "");
  return at;
};

const writeText = (batch: Buffer, start: number, text: string): number => {
  const bytes = Buffer.byteLength(text);
  const at = writeVarint(batch, start, bytes);
  batch.write(text, at, bytes);
  return at + bytes;
};

// Variable-length numbers are zigzag coded: the sign is the lowest bit. None that is written here is negative.
const sizeOfVarint = (value: number): number => (value < 2 ** 6 ? 1 : value < 2 ** 13 ? 2 : value < 2 ** 20 ? 3 : value < 2 ** 27 ? 4 : 5);

const writeVarint = (batch: Buffer, start: number, value: number): number => {
  let at = start;
  let rest = value * 2;
  for (; rest > 127; rest = Math.floor(rest / 128)) batch[at++] = (rest & 127) | 128;
  batch[at++] = rest;
  return at;
};

/** A batch as it lies in a fetched stretch. */
export interface Batch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly producerId: string;
  readonly inTransaction: boolean;
  /** What ended a transaction, for a mark; null for a batch of records. */
  readonly ends: "commit" | "abort" | null;
  readonly records: (fromOffset: number) => LogRecord[];
}

/** The whole batches of a stretch; the last may be cut off. Throws a defect where one is damaged. */
export const decodeBatches = (stretch: Buffer): Batch[] => {
  const batches: Batch[] = [];
  for (let at = 0; at + head <= stretch.length; ) {
    const end = at + 12 + stretch.readInt32BE(at + 8);
    if (end > stretch.length) break;
    batches.push(batchOf(stretch.subarray(at, end)));
    at = end;
  }
  return batches;
};

const batchOf = (bytes: Buffer): Batch => {
  const firstOffset = Number(bytes.readBigInt64BE(0));
  const attributes = bytes.readInt16BE(21);
  if (bytes.readInt8(16) !== 2 || (attributes & compressed) !== 0) throw new Error(`the records at offset ${firstOffset} are of a format that Waybill does not write`);
  if (bytes.readUInt32BE(17) !== crc32c(bytes.subarray(21))) throw new Error(`the records at offset ${firstOffset} are damaged`);
  return {
    firstOffset,
    lastOffset: firstOffset + bytes.readInt32BE(23),
    producerId: String(bytes.readBigInt64BE(43)),
    inTransaction: (attributes & transactional) !== 0,
    ends: (attributes & control) === 0 ? null : endOf(bytes),
    records: (fromOffset) => recordsFrom(bytes, firstOffset, fromOffset),
  };
};

/** https://kafka.apache.org/documentation/#controlbatch: the key has two bytes of version and two of type; 0 is an abort. */
const endOf = (bytes: Buffer): "commit" | "abort" => {
  const mark = cursor(bytes, head);
  mark.varint();
  mark.skip(1);
  mark.varint();
  mark.varint();
  mark.varint();
  return bytes.readInt16BE(mark.at() + 2) === 0 ? "abort" : "commit";
};

const recordsFrom = (bytes: Buffer, firstOffset: number, fromOffset: number): LogRecord[] => {
  const records: LogRecord[] = [];
  const read = cursor(bytes, head);
  for (let left = bytes.readInt32BE(57); left > 0; left--) {
    const size = read.varint();
    const end = read.at() + size;
    read.skip(1);
    read.varint();
    const offset = firstOffset + read.varint();
    if (offset >= fromOffset) {
      const [key, value] = [read.text(), read.text()];
      const headers: Record<string, string> = {};
      for (let count = read.varint(); count > 0; count--) headers[read.text()] = read.text();
      records.push({ offset, key, value, headers });
    }
    read.skip(end - read.at());
  }
  return records;
};

const cursor = (bytes: Buffer, start: number) => {
  let at = start;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
  };
  const text = (): string => {
    const size = varint();
    if (size <= 0) return "";
    at += size;
    return bytes.toString("utf8", at - size, at);
  };
  const skip = (count: number) => {
    at += count;
  };
  return { varint, text, skip, at: () => at };
};
