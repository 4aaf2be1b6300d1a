import type { Adjacency } from "./adjacency.ts";
import { queueChained } from "./along-chains.ts";
import { markLatest, markPresent, queuePast, queuePresent } from "./along-rows.ts";
import type { Reach } from "./reaches.ts";

export type Direction = "out" | "in" | "both";

/** Which edges may be walked. */
export interface Wanted {
  readonly direction: Direction;
  /** A bit for each number of a type that may be. */
  readonly types: number;
  /** As they were at this position. */
  readonly at: number;
}

export interface Walk {
  readonly wanted: Wanted;
  readonly reach: Reach;
}

/** Nodes whose neighbours are looked at: their places in the queue. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** … and where the queue ends. */
export interface Queueing extends Stretch {
  readonly end: number;
}

/** Part of a level. Where that is wide, who is seen need not be put into the queue: the next is listed from what was seen (`settled`). */
interface Part extends Queueing {
  readonly wide: boolean;
}

interface OneWay extends Part {
  readonly way: "out" | "in";
}

/** Sees every neighbour, and puts those that are new at the end of the queue; answers where it ends then. */
export const expand = (graph: Adjacency, walk: Walk, { from, to, end, wide }: Part): number => {
  const { direction } = walk.wanted;
  let last = end;
  if (direction !== "in") last = over(graph, walk, { from, to, end: last, wide, way: "out" });
  if (direction !== "out") last = over(graph, walk, { from, to, end: last, wide, way: "in" });
  return last;
};

const over = ({ rows, overlay }: Adjacency, walk: Walk, { from, to, end, wide, way }: OneWay): number => {
  // What had ended when the rows were made cannot hold later, and what is in the present ones does.
  const latest = walk.wanted.at >= rows.position;
  let last = end;
  if (!wide) last = queuePresent(rows.present[way], walk, { from, to, end });
  else if (latest) markLatest(rows.present[way], walk, { from, to });
  else markPresent(rows.present[way], walk, { from, to });
  if (!latest) last = queuePast(rows.past[way], walk, { from, to, end: last });
  return overlay.count === 0 ? last : queueChained(overlay, walk, { from, to, end: last, way });
};
