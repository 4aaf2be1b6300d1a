import type { Levels } from "#projections/graph/reached-page.ts";
import type { Adjacency } from "./adjacency.ts";
import { outerOf } from "./numbering.ts";
import { inOrder, type Reach } from "./reaches.ts";

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
  const level = (index: number): Int32Array => {
    const numbers = queue.slice(ends[index], ends[index + 1]);
    for (let place = 0; place < numbers.length; place++) numbers[place] = outerOf(numbering, numbers[place] ?? 0);
    inOrder(numbers, nodes);
    const count = counts[index] ?? 0;
    return count === numbers.length ? numbers : numbers.subarray(0, count);
  };
  const last = ends.at(-1) ?? 1;
  const numbers = () => {
    const all = new Int32Array(Math.min(last, most) - 1);
    for (const index of counts.keys()) all.set(level(index), (ends[index] ?? 1) - 1);
    return all;
  };
  return { counts, level, truncated: last > most, numbers };
};
