import type { Queueing, Stretch, Walk } from "./expand.ts";
import type { PastSide, Side } from "./rows.ts";

// Nobody can foretell which edges may be walked, nor which lead to what is not yet there: neither is a branch. What is queued is put at
// the end of the queue, and the end moves on if it is to stay. Links are taken apart (link.ts) on the spot: calls took a twentieth more.

/** Answers where the queue ends then. */
export const queuePresent = ({ places, links, begin }: Side, { wanted: { types, at }, reach: { queue, seen } }: Walk, { from, to, end }: Queueing): number => {
  const nodes = places.length - 1;
  let last = end;
  for (let index = from; index < to; index++) {
    const node = queue[index] ?? 0;
    if (node >= nodes) continue;
    const stop = places[node + 1] ?? 0;
    for (let place = places[node] ?? 0; place < stop; place++) {
      const link = links[place] ?? 0;
      const next = link >>> 4;
      const word = seen[next >>> 5] ?? 0;
      const bit = (Number((begin[place] ?? 0) <= at) & (types >>> (link & 15))) << (next & 31);
      seen[next >>> 5] = word | bit;
      queue[last] = next;
      last += Number((bit & ~word) !== 0);
    }
  }
  return last;
};

/** The same along edges that had ended when the rows were made. */
export const queuePast = ({ places, links, begin, end, any }: PastSide, { wanted: { types, at }, reach: { queue, seen } }: Walk, { from, to, end: before }: Queueing): number => {
  let last = before;
  for (let index = from; index < to; index++) {
    const node = queue[index] ?? 0;
    if (((any[node >>> 5] ?? 0) & (1 << (node & 31))) === 0) continue;
    const stop = places[node + 1] ?? 0;
    for (let place = places[node] ?? 0; place < stop; place++) {
      const link = links[place] ?? 0;
      const next = link >>> 4;
      const word = seen[next >>> 5] ?? 0;
      const bit = (Number((begin[place] ?? 0) <= at) & Number((end[place] ?? 0) > at) & (types >>> (link & 15))) << (next & 31);
      seen[next >>> 5] = word | bit;
      queue[last] = next;
      last += Number((bit & ~word) !== 0);
    }
  }
  return last;
};

// Of a wide level it is enough to mark who was seen.

export const markPresent = ({ places, links, begin }: Side, { wanted: { types, at }, reach: { queue, seen } }: Walk, { from, to }: Stretch): void => {
  const nodes = places.length - 1;
  for (let index = from; index < to; index++) {
    const node = queue[index] ?? 0;
    if (node >= nodes) continue;
    const stop = places[node + 1] ?? 0;
    for (let place = places[node] ?? 0; place < stop; place++) {
      const link = links[place] ?? 0;
      const next = link >>> 4;
      seen[next >>> 5] = (seen[next >>> 5] ?? 0) | ((Number((begin[place] ?? 0) <= at) & (types >>> (link & 15))) << (next & 31));
    }
  }
};

/** As of what the rows were made of, or later: all that is in them holds. */
export const markLatest = ({ places, links }: Side, { wanted: { types }, reach: { queue, seen } }: Walk, { from, to }: Stretch): void => {
  const nodes = places.length - 1;
  for (let index = from; index < to; index++) {
    const node = queue[index] ?? 0;
    if (node >= nodes) continue;
    const stop = places[node + 1] ?? 0;
    for (let place = places[node] ?? 0; place < stop; place++) {
      const link = links[place] ?? 0;
      const next = link >>> 4;
      seen[next >>> 5] = (seen[next >>> 5] ?? 0) | (((types >>> (link & 15)) & 1) << (next & 31));
    }
  }
};
