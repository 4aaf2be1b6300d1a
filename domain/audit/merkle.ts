import { hash } from "node:crypto";

/** 32 bytes of SHA-256. */
export type Hash = Buffer;

export const hashBytes = 32;

/** By way of a text: the bytes are then in Node's pool, and a million of them no load for the garbage collector. */
const sha256 = (data: string | Uint8Array): Hash => Buffer.from(hash("sha256", data, "binary"), "binary");

/** RFC 6962 §2.1: the root of a tree without leaves. */
export const emptyRoot: Hash = sha256("");

/** RFC 6962 §2.1: a leaf's hash begins with a zero byte, an inner node's with a one, so that neither passes for the other. */
export const hashLeaf = (entry: string | Uint8Array): Hash =>
  // The UTF-8 of U+0000 is the zero byte.
  typeof entry === "string" ? sha256(`\0${entry}`) : sha256(Buffer.concat([zero, entry]));

const zero = Buffer.of(0);
const pair = Buffer.alloc(1 + 2 * hashBytes, 1);

export const hashChildren = (left: Uint8Array, right: Uint8Array): Hash => {
  pair.set(left, 1);
  pair.set(right, 1 + hashBytes);
  return sha256(pair);
};

/** The root over neighbours of which each but the last is a power of two, none smaller than the next: RFC 6962's tree over them all. */
export const foldHashes = (hashes: readonly Hash[]): Hash => {
  const last = hashes.at(-1);
  if (!last) return emptyRoot;
  return hashes.slice(0, -1).reduceRight((right, left) => hashChildren(left, right), last);
};

/** The root of a whole subtree over `width` neighbours, a power of two, in a run of hashes. */
export const rootOfRun = (run: Buffer, first: number, width: number): Hash => {
  if (width === 1) return run.subarray(first * hashBytes, (first + 1) * hashBytes);
  return hashChildren(rootOfRun(run, first, width / 2), rootOfRun(run, first + width / 2, width / 2));
};
