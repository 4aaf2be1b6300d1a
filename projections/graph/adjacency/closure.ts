import type { Adjacency } from "./adjacency.ts";
import { expand, type Wanted } from "./expand.ts";
import { stride, turns } from "./gently.ts";
import { innerOf } from "./numbering.ts";
import { begun, isWide, type Reaches, settled } from "./reaches.ts";
import { nothing, type Walked, walkedOf } from "./walked.ts";

export interface Closure {
  readonly start: number;
  readonly wanted: Wanted;
  /** Edges from the start, at most. */
  readonly depth: number;
  /** Nodes to reach, at most. */
  readonly limit: number;
}

/** Who is told of a walk. */
export interface Reader<Result> {
  /** Looks at what was reached so far, before a long way: true where it has seen all that somebody waits for, and is not asked again. */
  readonly soon?: (soFar: Walked) => boolean;
  /** Reads what was reached in the end. */
  readonly read: (walked: Walked) => Result;
}

/** Walks as far as it may, and reads what was reached. Long walks let others have their turn. */
export const closure = async <Result>(
  graph: Adjacency,
  rooms: Reaches,
  { start, wanted, depth, limit }: Closure,
  { soon, read }: Reader<Result>,
): Promise<Result> => {
  if (start >= graph.nodes) return read(nothing);
  const reach = begun(rooms.take(graph.nodes), innerOf(graph.rows.numbering, start));
  const walk = { wanted, reach };
  const turn = turns();
  // Where in the queue each level ends, the start's first.
  const ends = [1];
  let told = !soon;
  let [from, to] = [0, 1];
  while (from < to && ends.length <= depth && to - 1 <= limit) {
    const wide = isWide(reach, to - from);
    if (wide && !told && (told = soon?.(walkedOf(graph, reach, { ends, limit })) ?? true)) await turn.next();
    let end = to;
    for (let at = from; at < to; at += stride) {
      const until = Math.min(to, at + stride);
      end = expand(graph, walk, { from: at, to: until, end, wide });
      if (turn.over(until - at)) await turn.next();
    }
    end = settled(reach, { from: to, to: end, wide });
    if (end > to) ends.push(end);
    [from, to] = [to, end];
  }
  const result = read(walkedOf(graph, reach, { ends, limit }));
  rooms.give(reach, to);
  return result;
};
