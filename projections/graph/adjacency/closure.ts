import type { Levels } from "#projections/graph/reached-page.ts";
import type { Adjacency } from "./adjacency.ts";
import { expand, type Wanted } from "./expand.ts";
import { turns } from "./gently.ts";
import { begun, isWide, ordered, type Reach, type Reaches } from "./reaches.ts";

export interface Closure {
  readonly start: number;
  readonly wanted: Wanted;
  /** Edges from the start, at most. */
  readonly depth: number;
  /** Nodes to reach, at most. */
  readonly limit: number;
}

/** What a walk has reached, where it stands: to be read at once, before another walk takes its room. */
export interface Walked extends Levels {
  readonly truncated: boolean;
  /** All of it, by distance and then by number. */
  readonly numbers: () => Int32Array;
}

/** Who is told of a walk. */
export interface Reader<Result> {
  /** Looks at what was reached so far, before a long way: true where it has seen all that somebody waits for, and is not asked again. */
  readonly soon?: (soFar: Walked) => boolean;
  /** Reads what was reached in the end. */
  readonly read: (walked: Walked) => Result;
}

/** Nodes whose neighbours are looked at before the clock is. */
const stride = 2048;

/** Walks as far as it may, and reads what was reached. Long walks let others have their turn. */
export const closure = async <Result>(
  graph: Adjacency,
  rooms: Reaches,
  { start, wanted, depth, limit }: Closure,
  { soon, read }: Reader<Result>,
): Promise<Result> => {
  if (start >= graph.nodes) return read(nothing);
  const reach = begun(rooms.take(graph.nodes), start);
  const walk = { wanted, reach };
  const turn = turns();
  // Where in the queue each level ends, the start's first.
  const ends = [1];
  let told = !soon;
  let [from, to] = [0, 1];
  while (from < to && ends.length <= depth && to - 1 <= limit) {
    const wide = isWide(reach, to - from);
    if (wide && !told && (told = soon?.(walkedOf(reach, ends, limit)) ?? true)) await turn.next();
    let end = to;
    for (let at = from; at < to; at += stride) {
      end = expand(graph, walk, { from: at, to: Math.min(to, at + stride), end, wide });
      if (turn.over()) await turn.next();
    }
    // The answer's order, and that of the rows: a big level out of order would read them all over the place.
    end = ordered(reach, { from: to, to: end, wide });
    if (end > to) ends.push(end);
    [from, to] = [to, end];
  }
  const result = read(walkedOf(reach, ends, limit));
  rooms.give(reach, to);
  return result;
};

const nothing: Walked = { counts: [], level: () => new Int32Array(0), truncated: false, numbers: () => new Int32Array(0) };

const walkedOf = ({ queue }: Reach, ends: readonly number[], limit: number): Walked => {
  const most = 1 + limit;
  const level = (index: number): Int32Array => queue.subarray(ends[index], Math.min(ends[index + 1] ?? 0, most));
  const counts = ends.slice(1).flatMap((to, index) => {
    const from = ends[index] ?? 0;
    return from < most ? [Math.min(to, most) - from] : [];
  });
  const last = ends.at(-1) ?? 1;
  const numbers = () => queue.slice(1, Math.min(last, most));
  return { counts, level, truncated: last > most, numbers };
};
