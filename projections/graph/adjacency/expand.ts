import type { Adjacency } from "./adjacency.ts";
import type { Chains } from "./overlay.ts";
import type { Reach } from "./reaches.ts";
import type { Side } from "./rows.ts";

export type Direction = "out" | "in" | "both";

/** Which edges may be walked. */
export interface Wanted {
  readonly direction: Direction;
  /** A bit for each number of a type that may be. */
  readonly types: number;
  /** As they were at this position. */
  readonly at: number;
}

interface Stretch {
  /** Places in the queue whose neighbours are looked at. */
  readonly from: number;
  readonly to: number;
  /** Where the queue ends. */
  readonly end: number;
}

/** Puts every neighbour that is not yet there at the end of the queue; answers where it ends then. */
export const expand = (graph: Adjacency, wanted: Wanted, reach: Reach, { from, to, end }: Stretch): number => {
  const { direction } = wanted;
  let last = end;
  if (direction !== "in") last = over(graph, { wanted, reach, side: graph.rows.out, chains: graph.overlay.out, other: graph.overlay.edges.to }, { from, to, end: last });
  if (direction !== "out") last = over(graph, { wanted, reach, side: graph.rows.in, chains: graph.overlay.in, other: graph.overlay.edges.from }, { from, to, end: last });
  return last;
};

interface Over {
  readonly wanted: Wanted;
  readonly reach: Reach;
  readonly side: Side;
  readonly chains: Chains;
  /** At the other end of each edge of the overlay. */
  readonly other: Int32Array;
}

const over = (graph: Adjacency, walk: Over, stretch: Stretch): number => {
  const end = graph.rows.endings === 0 && walk.wanted.at >= graph.rows.position ? overLatest(graph, walk, stretch) : overRows(graph, walk, stretch);
  return graph.overlay.count === 0 ? end : overChains(graph, walk, { ...stretch, end });
};

// Nobody can foretell which edges may be walked, nor which lead to what is not yet there: neither is a branch. Each neighbour is put
// at the end, and the end moves on if it is to stay.

const overRows = ({ rows }: Adjacency, { wanted: { types, at }, reach: { queue, seen }, side }: Over, { from, to, end: before }: Stretch): number => {
  const { places, other, type, begin, end } = side;
  // What had ended when the rows were made cannot hold later.
  const further = at >= rows.position ? 1 : 2;
  let last = before;
  for (let index = from; index < to; index++) {
    const node = queue[index] ?? 0;
    if (node >= rows.nodes) continue;
    const stop = places[2 * node + further] ?? 0;
    for (let place = places[2 * node] ?? 0; place < stop; place++) {
      const next = other[place] ?? 0;
      const walked = Number((begin[place] ?? 0) <= at) & Number((end[place] ?? 0) > at) & (types >>> (type[place] ?? 0));
      const word = seen[next >>> 5] ?? 0;
      const bit = walked << (next & 31);
      seen[next >>> 5] = word | bit;
      queue[last] = next;
      last += Number((bit & ~word) !== 0);
    }
  }
  return last;
};

/** As of what the rows were made of, or later, where none of them has ended since: every link that had not ended then holds. */
const overLatest = ({ rows }: Adjacency, { wanted: { types }, reach: { queue, seen }, side }: Over, { from, to, end: before }: Stretch): number => {
  const { places, other, type } = side;
  let last = before;
  for (let index = from; index < to; index++) {
    const node = queue[index] ?? 0;
    if (node >= rows.nodes) continue;
    const stop = places[2 * node + 1] ?? 0;
    for (let place = places[2 * node] ?? 0; place < stop; place++) {
      const next = other[place] ?? 0;
      const walked = (types >>> (type[place] ?? 0)) & 1;
      const word = seen[next >>> 5] ?? 0;
      const bit = walked << (next & 31);
      seen[next >>> 5] = word | bit;
      queue[last] = next;
      last += Number((bit & ~word) !== 0);
    }
  }
  return last;
};

const overChains = ({ overlay }: Adjacency, { wanted: { types, at }, reach: { queue, seen }, chains, other }: Over, { from, to, end: before }: Stretch): number => {
  const { first, next } = chains;
  const { type, begin, end } = overlay.edges;
  let last = before;
  for (let index = from; index < to; index++)
    for (let link = first[queue[index] ?? 0] ?? 0; link > 0; link = next[link - 1] ?? 0) {
      const edge = link - 1;
      const node = other[edge] ?? 0;
      const word = seen[node >>> 5] ?? 0;
      const bit = 1 << (node & 31);
      if ((word & bit) !== 0 || (end[edge] ?? 0) <= at || (begin[edge] ?? 0) > at || ((types >>> (type[edge] ?? 0)) & 1) === 0) continue;
      seen[node >>> 5] = word | bit;
      queue[last++] = node;
    }
  return last;
};
