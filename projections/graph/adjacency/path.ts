import type { Adjacency } from "./adjacency.ts";
import { type Direction, expand, type Walk, type Wanted } from "./expand.ts";
import { stride, turns } from "./gently.ts";
import { innerOf, outerOf } from "./numbering.ts";
import { begun, isWide, ordered, type Reaches } from "./reaches.ts";
import type { Side } from "./rows.ts";

export interface Path {
  readonly start: number;
  readonly end: number;
  readonly wanted: Wanted;
  /** Edges, at most. */
  readonly depth: number;
  /** Nodes to look at, at most. */
  readonly limit: number;
}

/** One of the two searches: what it has reached, and where in the queue each level begins. */
interface Search extends Walk {
  readonly levels: number[];
  /** To go on from the last level. */
  effort: number;
}

const reverse: Readonly<Record<Direction, Direction>> = { out: "in", in: "out", both: "both" };
const reversed = ({ direction, types, at }: Wanted): Wanted => ({ direction: reverse[direction], types, at });

/** A shortest way, searched for from both ends, always from where fewer links are next; null where there is none within the bounds. */
export const path = async (graph: Adjacency, rooms: Reaches, { start, end, wanted, depth, limit }: Path) => {
  if (start === end) return { numbers: [start], truncated: false };
  if (Math.max(start, end) >= graph.nodes) return { numbers: null, truncated: false };
  const { numbering } = graph.rows;
  const forth = searching(rooms, graph, innerOf(numbering, start), wanted);
  const back = searching(rooms, graph, innerOf(numbering, end), reversed(wanted));
  const met = await meeting(graph, [forth, back], { depth, limit });
  const numbers = typeof met === "number" ? [...towards(graph, rooms, forth, met).toReversed(), met, ...towards(graph, rooms, back, met)] : null;
  for (const { reach, levels } of [forth, back]) rooms.give(reach, levels.at(-1) ?? 0);
  return { numbers: numbers?.map((node) => outerOf(numbering, node)) ?? null, truncated: met === "too far" };
};

const searching = (rooms: Reaches, graph: Adjacency, node: number, wanted: Wanted): Search => ({
  wanted,
  reach: begun(rooms.take(graph.nodes), node),
  levels: [0, 1],
  effort: effort(graph, wanted, [node]),
});

/** How much there is to look at from nodes on, about: a single one may have more links than thousands of others. Those of the overlay, and what has ended, are few. */
const effort = ({ rows: { present } }: Adjacency, { direction }: Wanted, nodes: Iterable<number>): number => {
  let looks = 0;
  for (const node of nodes) {
    looks += 1;
    if (direction !== "in") looks += linksOf(present.out, node);
    if (direction !== "out") looks += linksOf(present.in, node);
  }
  return looks;
};

/** None of a node that is newer than the rows. */
const linksOf = ({ places }: Side, node: number): number => (node < places.length - 1 ? (places[node + 1] ?? 0) - (places[node] ?? 0) : 0);

/** A node in the middle of the shortest ways: the one that stands first in the rows. */
const meeting = async (
  graph: Adjacency,
  [forth, back]: readonly [Search, Search],
  { depth, limit }: Pick<Path, "depth" | "limit">,
): Promise<number | "none" | "too far"> => {
  const turn = turns();
  for (let steps = 0; steps < depth; steps++) {
    if (width(forth) === 0 || width(back) === 0) return "none";
    const [next, other] = forth.effort <= back.effort ? [forth, back] : [back, forth];
    await step(graph, next, turn);
    const met = firstInBoth(next, other);
    if (met !== null) return met;
    if (count(forth) + count(back) > limit) return "too far";
  }
  return "none";
};

const count = ({ levels }: Search): number => levels.at(-1) ?? 0;
const width = ({ levels }: Search): number => (levels.at(-1) ?? 0) - (levels.at(-2) ?? 0);

/** One level further. */
const step = async (graph: Adjacency, search: Search, turn: ReturnType<typeof turns>): Promise<void> => {
  const { reach, levels } = search;
  const [from = 0, to = 0] = levels.slice(-2);
  const wide = isWide(reach, to - from);
  let end = to;
  for (let at = from; at < to; at += stride) {
    const until = Math.min(to, at + stride);
    end = expand(graph, search, { from: at, to: until, end, wide });
    if (turn.over(until - at)) await turn.next();
  }
  const last = ordered(reach, { from: to, to: end, wide });
  levels.push(last);
  search.effort = effort(graph, search.wanted, reach.queue.subarray(to, last));
};

const firstInBoth = ({ reach: { queue }, levels }: Search, { reach: { seen } }: Search): number | null => {
  const [from = 0, to = 0] = levels.slice(-2);
  for (let place = from; place < to; place++) {
    const node = queue[place] ?? 0;
    if (((seen[node >>> 5] ?? 0) & (1 << (node & 31))) !== 0) return node;
  }
  return null;
};

/** The nodes between one that was reached and the start of the search, that start included; each the first in the rows that leads on. */
const towards = (graph: Adjacency, rooms: Reaches, { wanted, reach, levels }: Search, met: number): readonly number[] => {
  const way: number[] = [];
  let node = met;
  for (let level = levelOf({ reach, levels }, met) - 1; level >= 0; level--) {
    node = before(graph, rooms, { wanted, node, level: reach.queue.subarray(levels[level], levels[level + 1]) }) ?? node;
    way.push(node);
  }
  return way;
};

interface Behind {
  readonly wanted: Wanted;
  readonly node: number;
  /** In the order of their numbers: one of them leads to the node. */
  readonly level: Int32Array;
}

/** Looks from where fewer links are: of a hub's thousands of neighbours one is in a level of three. */
const before = (graph: Adjacency, rooms: Reaches, { wanted, node, level }: Behind): number | undefined => {
  const back = reversed(wanted);
  if (effort(graph, wanted, level) < effort(graph, back, [node])) return level.find((one) => neighbours(graph, rooms, wanted, one).includes(node));
  return neighbours(graph, rooms, back, node).sort().find((one) => has(level, one));
};

const levelOf = ({ reach: { queue }, levels }: Pick<Search, "reach" | "levels">, node: number): number =>
  levels.findIndex((from, level) => has(queue.subarray(from, levels[level + 1]), node));

const neighbours = (graph: Adjacency, rooms: Reaches, wanted: Wanted, node: number): Int32Array => {
  const reach = begun(rooms.take(graph.nodes), node);
  const end = expand(graph, { wanted, reach }, { from: 0, to: 1, end: 1, wide: false });
  const near = reach.queue.slice(1, end);
  rooms.give(reach, end);
  return near;
};

const has = (sorted: Int32Array, node: number): boolean => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < node) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === node;
};
