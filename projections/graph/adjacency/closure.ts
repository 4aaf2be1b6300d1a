import type { Adjacency } from "./adjacency.ts";
import { expand, type Wanted } from "./expand.ts";
import { turns } from "./gently.ts";
import { begun, ordered, type Reaches } from "./reaches.ts";

export interface Closure extends Wanted {
  readonly start: number;
  /** Edges from the start, at most. */
  readonly depth: number;
  /** Nodes to reach, at most. */
  readonly limit: number;
}

/** Nodes whose neighbours are looked at before the clock is. */
const stride = 2048;

/** Everything that can be reached, by distance and then by number. Long walks let others have their turn. */
export const closure = async (graph: Adjacency, rooms: Reaches, { start, depth, limit, ...wanted }: Closure) => {
  if (start >= graph.nodes) return { numbers: new Int32Array(0), levels: [], truncated: false };
  const reach = begun(rooms.take(graph.nodes), start);
  const turn = turns();
  const levels: number[] = [];
  let [from, to] = [0, 1];
  while (from < to && levels.length < depth && to - 1 <= limit) {
    let end = to;
    for (let at = from; at < to; at += stride) {
      end = expand(graph, wanted, reach, { from: at, to: Math.min(to, at + stride), end });
      if (turn.over()) await turn.next();
    }
    ordered(reach, to, end);
    if (end > to) levels.push(end - to);
    [from, to] = [to, end];
  }
  const count = Math.min(to - 1, limit);
  const numbers = reach.queue.slice(1, 1 + count);
  const truncated = to - 1 > limit;
  rooms.give(reach, to);
  if (truncated) shorten(levels, to - 1 - limit);
  return { numbers, levels, truncated };
};

/** So many fewer, from the end. */
const shorten = (levels: number[], by: number): void => {
  let rest = by;
  while (rest > 0) {
    const last = levels.pop() ?? 0;
    if (last > rest) levels.push(last - rest);
    rest -= Math.min(last, rest);
  }
};
