import type { Sorted } from "./counting-sort.ts";
import type { Steps } from "./gently.ts";

/**
 * Nodes have numbers of their own in the rows: who is reached together stands together, so that a level of a walk is read from a few stretches of
 * the rows and not from all over them. Nodes that have come since have the number that they have outside.
 */
export interface Numbering {
  /** By number outside. */
  readonly inner: Int32Array;
  /** By number in the rows. */
  readonly outer: Int32Array;
}

export const innerOf = ({ inner }: Numbering, node: number): number => inner[node] ?? node;
export const outerOf = ({ outer }: Numbering, node: number): number => outer[node] ?? node;

/** A column of nodes under their other numbers. */
export const renumbered = (column: Int32Array, numbers: Int32Array): Int32Array => {
  const others = new Int32Array(column.length);
  for (let edge = 0; edge < column.length; edge++) others[edge] = numbers[column[edge] ?? 0] ?? column[edge] ?? 0;
  return others;
};

/** Nodes that are handled before others get their turn. */
const slice = 1 << 15;

/**
 * In the order in which a search against the links finds them (Cuthill and McKee's, who also sort by degree), from the node that most
 * links lead to on; then from each that was not found. `inward`: links by where they lead.
 */
export function* numberingOf(from: Int32Array, inward: Sorted): Steps<Numbering> {
  const nodes = inward.places.length - 1;
  const found = { inner: new Int32Array(nodes).fill(-1), outer: new Int32Array(nodes) };
  let [next, count] = [0, 0];
  let rest = slice;
  for (let seed = -1; count < nodes; seed++) {
    const node = seed < 0 ? busiest(inward.places) : seed;
    if ((found.inner[node] ?? 0) < 0) count = take(found, node, count);
    while (next < count) {
      const to = Math.min(count, next + rest);
      count = search(from, inward, { ...found, next, to, count });
      rest -= to - next;
      next = to;
      if (rest > 0) continue;
      rest = slice;
      yield;
    }
  }
  return found;
}

const busiest = (places: Uint32Array): number => {
  let [node, most] = [0, 0];
  for (let one = 0; one < places.length - 1; one++) {
    const links = (places[one + 1] ?? 0) - (places[one] ?? 0);
    if (links > most) [node, most] = [one, links];
  }
  return node;
};

const take = ({ inner, outer }: Numbering, node: number, count: number): number => {
  inner[node] = count;
  outer[count] = node;
  return count + 1;
};

interface Searched extends Numbering {
  readonly next: number;
  readonly to: number;
  readonly count: number;
}

const search = (from: Int32Array, { order, places }: Sorted, { inner, outer, next, to, count }: Searched): number => {
  let last = count;
  for (let index = next; index < to; index++) {
    const node = outer[index] ?? 0;
    const stop = places[node + 1] ?? 0;
    for (let place = places[node] ?? 0; place < stop; place++) {
      const source = from[order[place] ?? 0] ?? 0;
      if ((inner[source] ?? 0) < 0) last = take({ inner, outer }, source, last);
    }
  }
  return last;
};
