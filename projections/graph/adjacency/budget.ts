import type { Adjacency } from "./adjacency.ts";

/** Two sides of 21 bytes, twice while one is being made of another, beside its edges in their columns (25) and their orders (12). */
const bytesPerLink = 4 * 21 + 25 + 12;
/** Places in both sides, old and new, beginnings of chains, room of a few walks. */
const bytesPerNode = 64;

export const bytesFor = ({ links, nodes }: { readonly links: number; readonly nodes: number }): number => links * bytesPerLink + nodes * bytesPerNode;

export const sizeOf = ({ rows, overlay, nodes }: Adjacency) => ({ links: rows.count + overlay.edges.count, nodes });
