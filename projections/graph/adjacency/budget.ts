import type { Adjacency } from "./adjacency.ts";
import { mostNodes } from "./link.ts";

/** Two sides of 20 bytes at most, twice while one is being made of another, beside its edges in their columns (25, and 8 under other numbers) and their orders (16). */
const bytesPerLink = 4 * 20 + 25 + 8 + 16;
/** Places in both sides and numbers in and out of them, old and new, beginnings of chains, room of a few walks. */
const bytesPerNode = 80;

export const bytesFor = ({ links, nodes }: { readonly links: number; readonly nodes: number }): number =>
  nodes > mostNodes ? Number.POSITIVE_INFINITY : links * bytesPerLink + nodes * bytesPerNode;

export const sizeOf = ({ rows, overlay, nodes }: Adjacency) => ({ links: rows.count + overlay.edges.count, nodes });
