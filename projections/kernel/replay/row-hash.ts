import { hash } from "node:crypto";
import type { ColumnType, ColumnValue } from "#projections/kernel/appends.ts";

/**
 * What `rowHash` has PostgreSQL work out, worked out here: SHA-256 of a row in its binary form (`record_send`): how many columns, then
 * the type's number, the length and the value of each. A text that is not of its column's type has some hash, and no row has it.
 */
export const rowHasher = (types: readonly ColumnType[]): ((row: readonly ColumnValue[]) => string) => {
  let room = roomOf(65_536, types.length);
  return (row) => {
    const most = row.reduce((sum: number, value) => sum + (typeof value === "string" ? 3 * value.length : 0), 4 + 24 * types.length);
    if (most > room.bytes.length) room = roomOf(2 * most, types.length);
    let end = 4;
    for (let at = 0; at < types.length; at++) end = written(room, end, types[at] ?? "text", row[at] ?? null);
    // Of the ways to a digest's bytes, this leaves the least to the garbage collector.
    return hash("sha256", room.bytes.subarray(0, end), "binary");
  };
};

interface Room {
  readonly bytes: Buffer;
  /** Of the same bytes: it writes numbers sooner than a buffer does. */
  readonly view: DataView;
}

const roomOf = (length: number, columns: number): Room => {
  const bytes = Buffer.from(new ArrayBuffer(length));
  bytes.writeInt32BE(columns, 0);
  return { bytes, view: new DataView(bytes.buffer) };
};

/** Numbers of the types (PostgreSQL 18, pg_type.dat). */
const oids: Readonly<Record<ColumnType, number>> = { bigint: 20, integer: 23, text: 25, json: 114, timestamptz: 1184, uuid: 2950 };

const written = (room: Room, at: number, type: ColumnType, value: ColumnValue): number => {
  const begin = at + 8;
  room.view.setInt32(at, oids[type]);
  const length = value === null ? -1 : valueWritten(room, begin, type, value);
  room.view.setInt32(at + 4, length);
  return begin + Math.max(0, length);
};

/** Answers how many bytes it took. */
const valueWritten = (room: Room, at: number, type: ColumnType, value: string | number): number => {
  if (type === "bigint") return int64(room, at, Number(value));
  if (type === "integer") return int32(room, at, Number(value));
  const text = String(value);
  if (type === "timestamptz") return moment(room, at, text);
  if (type === "uuid") return uuid(room, at, text);
  return room.bytes.write(text.includes("\0") ? text.replaceAll("\0", "\ufffd") : text, at);
};

const int32 = ({ view }: Room, at: number, value: number): number => {
  view.setInt32(at, value);
  return 4;
};

const int64 = ({ view }: Room, at: number, value: number): number => {
  view.setInt32(at, Math.floor(value / 2 ** 32));
  view.setInt32(at + 4, value);
  return 8;
};

/** 2000-01-01, from which PostgreSQL counts microseconds. */
const epochMs = 946_684_800_000;

const moment = (room: Room, at: number, text: string): number => {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? room.bytes.write(text, at) : int64(room, at, (ms - epochMs) * 1000);
};

const form = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
/** Of a digit's character in lower or upper case: the last four bits of `1` and `A` are both 1. */
const digit = (character: number): number => (character & 15) + (character >>> 6) * 9;

const uuid = ({ bytes }: Room, at: number, text: string): number => {
  if (!form.test(text)) return bytes.write(text, at);
  let to = at;
  for (let from = 0; from < text.length; from += 2) {
    if (text.charCodeAt(from) === hyphen) from += 1;
    bytes[to++] = (digit(text.charCodeAt(from)) << 4) | digit(text.charCodeAt(from + 1));
  }
  return 16;
};

const hyphen = 45;
