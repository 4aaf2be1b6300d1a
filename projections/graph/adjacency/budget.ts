import type { Adjacency } from "./adjacency.ts";
import { type Keys, keyBytes } from "./keys.ts";
import { mostNodes } from "./link.ts";

export interface Size {
  readonly links: number;
  readonly nodes: number;
  /** All keys of the nodes together. */
  readonly keyBytes: number;
}

/** Two sides of 20 bytes at most, twice while one is being made of another, beside its edges in their columns (25, and twice 8 under other numbers) and their orders (16). */
const bytesPerLink = 4 * 20 + 25 + 16 + 16;
/** Places in both sides and numbers in and out of the rows, old and new, beginnings of chains, room of a few walks (80); place and hash of the key, old and half as much again (20), slots, old and new (24). */
const bytesPerNode = 80 + 20 + 24;
/** Old, half as much again, and rows that are being taken in. */
const bytesPerKeyByte = 4;

/** Places of keys have 32 bits. */
const mostKeyBytes = 2 ** 32 - 1;

export const bytesFor = ({ links, nodes, keyBytes: bytes }: Size): number =>
  nodes > mostNodes || bytes > mostKeyBytes ? Number.POSITIVE_INFINITY : links * bytesPerLink + nodes * bytesPerNode + bytes * bytesPerKeyByte;

export const sizeOf = ({ graph: { rows, overlay, nodes }, keys }: { readonly graph: Adjacency; readonly keys: Keys }): Size => ({
  links: rows.count + overlay.edges.count,
  nodes,
  keyBytes: keyBytes(keys),
});
