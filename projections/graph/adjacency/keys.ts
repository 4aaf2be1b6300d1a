import { halfSipHash } from "./half-sip-hash.ts";
import type { KeyRows } from "./key-rows.ts";
import type { Steps } from "./gently.ts";

/** The keys of nodes by their numbers, and the numbers by the keys; in a few arrays, so that a million of them is nothing to a collector of garbage. */
export interface Keys {
  /** Numbers are below. */
  count: number;
  /** UTF-8, one behind the other. */
  bytes: Buffer;
  /** The key of node n stands from `places[n]` on, up to `places[n + 1]`. */
  places: Uint32Array;
  /** Of each key. */
  hashes: Int32Array;
  /** Numbers plus one, each in the first free slot from its hash on; 0: free. At least half of them are. */
  slots: Int32Array;
  /** Seeded at random: keys come from outside. */
  readonly hash: ReturnType<typeof halfSipHash>;
}

export const noKeys = (): Keys => {
  const [seed = 0, seed2 = 0] = crypto.getRandomValues(new Int32Array(2));
  return { count: 0, bytes: Buffer.alloc(0), places: new Uint32Array(1), hashes: new Int32Array(0), slots: new Int32Array(1), hash: halfSipHash(seed, seed2) };
};

/** All keys together, in bytes. */
export const keyBytes = ({ places, count }: Keys): number => places[count] ?? 0;

export const keyOf = ({ count, bytes, places }: Keys, number: number): string | undefined =>
  number < count ? bytes.toString("utf8", places[number], places[number + 1]) : undefined;

export const numberOf = (keys: Keys, key: string): number | undefined => {
  const { slots, hashes, bytes, places } = keys;
  const wanted = Buffer.from(key);
  const hash = keys.hash(wanted, 0, wanted.length);
  for (let slot = slotOf(slots, hash); ; slot = slotOf(slots, slot + 1)) {
    const number = (slots[slot] ?? 0) - 1;
    if (number < 0) return undefined;
    if (hashes[number] === hash && bytes.compare(wanted, 0, wanted.length, places[number], places[number + 1]) === 0) return number;
  }
};

/** Keys that are handled before others get their turn; they see no more than whole keys. */
const slice = 8192;

/** Takes in the keys of the numbers that are next, below `nodes`. Throws where these are not as many: numbers have no gaps. */
export function* take(keys: Keys, rows: readonly KeyRows[], nodes: number): Steps<void> {
  const count = rows.reduce((sum, { lengths }) => sum + lengths.length, keys.count);
  if (count !== nodes) throw new Error(`${count} keys of ${nodes} nodes`);
  yield* makeRoom(keys, count, rows.reduce((sum, { bytes }) => sum + bytes.length, keyBytes(keys)));
  for (const { bytes, lengths } of rows) {
    bytes.copy(keys.bytes, keyBytes(keys));
    for (let at = 0; at < lengths.length; at += slice) {
      add(keys, lengths.subarray(at, at + slice));
      yield;
    }
  }
}

/** The next keys, whose bytes are there already. */
const add = (keys: Keys, lengths: Int32Array): void => {
  const { bytes, places, hashes, slots } = keys;
  let from = keyBytes(keys);
  for (const length of lengths) {
    const hash = keys.hash(bytes, from, from + length);
    from += length;
    hashes[keys.count] = hash;
    put(slots, hash, keys.count);
    places[++keys.count] = from;
  }
};

const put = (slots: Int32Array, hash: number, number: number): void => {
  let slot = slotOf(slots, hash);
  while (slots[slot] !== 0) slot = slotOf(slots, slot + 1);
  slots[slot] = number + 1;
};

/** Their count is a power of two. */
const slotOf = (slots: Int32Array, hash: number): number => hash & (slots.length - 1);

/** New arrays aside, and then in the place of the old: there is somebody who reads, whenever it yields. */
function* makeRoom(keys: Keys, count: number, bytes: number): Steps<void> {
  if (bytes > keys.bytes.length) keys.bytes = yield* copied(keys.bytes, Buffer.allocUnsafeSlow(more(bytes, keys.bytes)));
  if (count >= keys.places.length) keys.places = yield* copied(keys.places, new Uint32Array(more(count + 1, keys.places)));
  if (count > keys.hashes.length) keys.hashes = yield* copied(keys.hashes, new Int32Array(more(count, keys.hashes)));
  if (2 * count > keys.slots.length) {
    const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count)));
    for (let number = 0; number < keys.count; number++) {
      put(slots, keys.hashes[number] ?? 0, number);
      if (number % slice === slice - 1) yield;
    }
    keys.slots = slots;
  }
}

/** Half as much again, so that few grow by little. */
const more = (wanted: number, { length }: { readonly length: number }): number => Math.max(wanted, length + (length >>> 1));

function* copied<Of extends Uint8Array | Uint32Array | Int32Array>(from: Of, into: Of): Steps<Of> {
  for (let at = 0; at < from.length; at += 512 * slice) {
    into.set(from.subarray(at, at + 512 * slice), at);
    yield;
  }
  return into;
}
