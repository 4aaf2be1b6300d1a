import type { Queueing, Walk } from "./expand.ts";
import type { Overlay } from "./overlay.ts";

/** Along edges that have come since the rows were made, or ended; answers where the queue ends then. */
export const queueChained = (overlay: Overlay, { wanted: { types, at }, reach: { queue, seen } }: Walk, { from, to, end: before, way }: Queueing & { readonly way: "out" | "in" }): number => {
  const { first, next } = overlay[way];
  const { type, begin, end, [way === "out" ? "to" : "from"]: other } = overlay.edges;
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
