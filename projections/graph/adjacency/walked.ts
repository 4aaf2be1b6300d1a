import type { Levels } from "#projections/graph/reached-page.ts";
import type { Adjacency } from "./adjacency.ts";
import { type Numbering, outerOf, renumbered } from "./numbering.ts";
import { inOrder, isMany, type Reach } from "./reaches.ts";

/** What a walk has reached, as it is known outside: to be read at once, before another walk takes its room. */
export interface Walked extends Levels {
  readonly truncated: boolean;
  /** All of it, by distance and then by number. */
  readonly numbers: () => Int32Array;
}

interface Bounds {
  /** Where in the queue each level ends, the start's first. */
  readonly ends: readonly number[];
  /** Nodes to tell, at most. */
  readonly limit: number;
}

export const nothing: Walked = { counts: [], level: () => new Int32Array(0), truncated: false, numbers: () => new Int32Array(0) };

export const walkedOf = ({ rows: { numbering }, nodes }: Adjacency, { queue }: Reach, { ends, limit }: Bounds): Walked => {
  const most = 1 + limit;
  const counts: number[] = [];
  for (let index = 1; index < ends.length; index++) {
    const from = ends[index - 1] ?? 0;
    if (from < most) counts.push(Math.min(ends[index] ?? 0, most) - from);
  }
  const inTheirOrder = (index: number): ArrayLike<number> => {
    const inner = queue.subarray(ends[index], ends[index + 1]);
    const numbers = isMany(inner.length, nodes) ? inOrder(renumbered(inner, numbering.outer), nodes) : fewInOrder(inner, numbering);
    const count = counts[index] ?? 0;
    return count === numbers.length ? numbers : numbers.slice(0, count);
  };
  const told: ArrayLike<number>[] = [];
  const level = (index: number): ArrayLike<number> => (told[index] ??= inTheirOrder(index));
  const last = ends.at(-1) ?? 1;
  const numbers = () => {
    const all = new Int32Array(Math.min(last, most) - 1);
    for (const index of counts.keys()) all.set(level(index), (ends[index] ?? 1) - 1);
    return all;
  };
  return { counts, level, truncated: last > most, numbers };
};

/** A typed array of its own would take longer than all else, and so would a sort. */
const fewInOrder = (nodes: Int32Array, numbering: Numbering): Int32Array | number[] => {
  if (nodes.length > few) return renumbered(nodes, numbering.outer).sort();
  const numbers: number[] = [];
  for (let place = 0; place < nodes.length; place++) numbers.push(outerOf(numbering, nodes[place] ?? 0));
  return inserted(numbers);
};

/** As many are in order sooner by insertion. */
const few = 64;

const inserted = (numbers: number[]): number[] => {
  for (let next = 1; next < numbers.length; next++) {
    const number = numbers[next] ?? 0;
    let place = next;
    for (; place > 0 && (numbers[place - 1] ?? 0) > number; place--) numbers[place] = numbers[place - 1] ?? 0;
    numbers[place] = number;
  }
  return numbers;
};
