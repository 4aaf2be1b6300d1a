import { hash } from "node:crypto";
import type { ColumnType, ColumnValue } from "#projections/kernel/appends.ts";

/**
 * What `rowHash` has PostgreSQL work out, worked out here: SHA-256 of a row in its binary form (`record_send`): how many columns, then
 * the type's number, the length and the value of each. A text that is not of its column's type has some hash, and no row has it.
 */
export const rowHasher = (types: readonly ColumnType[]): ((row: readonly ColumnValue[]) => string) => {
  let buffer = Buffer.alloc(65_536);
  buffer.writeInt32BE(types.length, 0);
  return (row) => {
    const most = row.reduce((sum: number, value) => sum + (typeof value === "string" ? 3 * value.length : 0), 4 + 24 * types.length);
    if (most > buffer.length) buffer = Buffer.concat([buffer.subarray(0, 4)], 2 * most);
    let end = 4;
    for (let at = 0; at < types.length; at++) end = written(buffer, end, types[at] ?? "text", row[at] ?? null);
    // Of the ways to a digest's bytes, this leaves the least to the garbage collector.
    return hash("sha256", buffer.subarray(0, end), "binary");
  };
};

/** Numbers of the types (PostgreSQL 18, pg_type.dat). */
const oids: Readonly<Record<ColumnType, number>> = { bigint: 20, integer: 23, text: 25, json: 114, timestamptz: 1184, uuid: 2950 };

const written = (buffer: Buffer, at: number, type: ColumnType, value: ColumnValue): number => {
  const begin = at + 8;
  buffer.writeInt32BE(oids[type], at);
  if (value === null) return buffer.writeInt32BE(-1, at + 4);
  const length = valueWritten(buffer, begin, type, value);
  buffer.writeInt32BE(length, at + 4);
  return begin + length;
};

const valueWritten = (buffer: Buffer, at: number, type: ColumnType, value: string | number): number => {
  if (type === "bigint") return int64(buffer, at, Number(value));
  if (type === "integer") return buffer.writeInt32BE(Number(value) | 0, at) - at;
  const text = String(value);
  if (type === "timestamptz") return moment(buffer, at, text);
  if (type === "uuid") return uuid(buffer, at, text);
  return buffer.write(text.includes("\0") ? text.replaceAll("\0", "\ufffd") : text, at);
};

/** 2000-01-01, from which PostgreSQL counts microseconds. */
const epochMs = 946_684_800_000;

const moment = (buffer: Buffer, at: number, text: string): number => {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? buffer.write(text, at) : int64(buffer, at, (ms - epochMs) * 1000);
};

const int64 = (buffer: Buffer, at: number, value: number): number => {
  buffer.writeInt32BE(Math.floor(value / 2 ** 32) | 0, at);
  return buffer.writeInt32BE(value | 0, at + 4) - at;
};

const uuid = (buffer: Buffer, at: number, text: string): number => {
  const hex = text.replaceAll("-", "");
  return buffer.write(hex, at, 16, "hex") === 16 ? 16 : buffer.write(text, at);
};
