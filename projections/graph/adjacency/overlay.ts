import { type Edges, roomFor } from "./edges.ts";

/** The edges that have come since the rows were made, or ended: of each node a chain in each direction. */
export interface Overlay {
  edges: Edges;
  count: number;
  readonly out: Chains;
  readonly in: Chains;
}

/** The edges of a node, by their number in the overlay plus one; 0 ends a chain. */
export interface Chains {
  /** By node; nodes beyond the end have none. */
  first: Int32Array;
  /** By edge. */
  next: Int32Array;
}

const noChains = (): Chains => ({ first: new Int32Array(0), next: new Int32Array(0) });

export const emptyOverlay = (): Overlay => ({ edges: roomFor(0), count: 0, out: noChains(), in: noChains() });

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly type: number;
  readonly begin: number;
  readonly end: number;
}

export const add = (overlay: Overlay, { from, to, type, begin, end }: Edge): void => {
  if (overlay.count === overlay.edges.count) grow(overlay);
  const { edges, count } = overlay;
  edges.from[count] = from;
  edges.to[count] = to;
  edges.type[count] = type;
  edges.begin[count] = begin;
  edges.end[count] = end;
  overlay.count = count + 1;
  chain(overlay.out, from, overlay.count);
  chain(overlay.in, to, overlay.count);
};

/** The edge has ended; false where there is none such that holds. */
export const endIn = ({ edges, out }: Overlay, { from, to, type, begin, end }: Edge): boolean => {
  for (let link = out.first[from] ?? 0; link > 0; link = out.next[link - 1] ?? 0) {
    const edge = link - 1;
    if (edges.to[edge] !== to || edges.type[edge] !== type || edges.begin[edge] !== begin || edges.end[edge] !== Number.POSITIVE_INFINITY) continue;
    edges.end[edge] = end;
    return true;
  }
  return false;
};

const chain = (chains: Chains, node: number, link: number): void => {
  if (node >= chains.first.length) chains.first = longer(chains.first, Math.max(1024, 2 * node));
  chains.next[link - 1] = chains.first[node] ?? 0;
  chains.first[node] = link;
};

/** New arrays: a walk that rests meanwhile goes on over those that it has. */
const grow = (overlay: Overlay): void => {
  const { from, to, type, begin, end } = overlay.edges;
  const more = roomFor(Math.max(1024, 2 * overlay.count));
  more.from.set(from);
  more.to.set(to);
  more.type.set(type);
  more.begin.set(begin);
  more.end.set(end);
  overlay.edges = more;
  overlay.out.next = longer(overlay.out.next, more.count);
  overlay.in.next = longer(overlay.in.next, more.count);
};

const longer = (before: Int32Array, length: number): Int32Array => {
  const after = new Int32Array(length);
  after.set(before);
  return after;
};
