import { hash, randomFillSync } from "node:crypto";

/** A new UUIDv7 (RFC 9562 §5.7): time-ordered, for a command that brings no key of its own. */
export const newId = (now: number = Date.now()): string => {
  const bytes = random16();
  bytes.writeUIntBE(now, 0, 6);
  return asUuid(bytes, 0x70);
};

/**
 * The command id of an idempotency key: the same for the same parts, so that a retry meets its first receipt.
 * UUIDv8 (RFC 9562 §5.8) over SHA-256; put the actor among the parts, so that nobody meets another's key.
 */
export const commandIdOf = (...parts: readonly string[]): string => asUuid(hash("sha256", JSON.stringify(parts), "buffer").subarray(0, 16), 0x80);

/** Ids of a command's events, the same on every try; a UUIDv7 keeps its time. ADR-0004. */
export const eventId = (commandId: string, index: number): string => {
  const bytes = hash("sha256", `${commandId}/${index}`, "buffer").subarray(0, 16);
  if (commandId[14] !== "7") return asUuid(bytes, 0x80);
  bytes.writeUIntBE(Number.parseInt(commandId.slice(0, 8) + commandId.slice(9, 13), 16), 0, 6);
  return asUuid(bytes, 0x70);
};

// To ask for a page of random bytes takes hardly longer than to ask for one.
const page = Buffer.alloc(4096);
let used = page.length;

const random16 = (): Buffer => {
  if (used === page.length) {
    randomFillSync(page);
    used = 0;
  }
  const start = used;
  used += 16;
  return Buffer.from(page.subarray(start, used));
};

const asUuid = (bytes: Buffer, version: number): string => {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | version;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
