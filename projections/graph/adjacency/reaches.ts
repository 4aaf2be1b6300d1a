/** The nodes that a walk has reached, level by level, the start first. */
export interface Reach {
  /** With room for one more than there are nodes. */
  readonly queue: Int32Array;
  /** A bit per node: it is in the queue. */
  readonly seen: Int32Array;
  /** A bit per node: it is in the queue, and its level in order. */
  readonly placed: Int32Array;
}

/** Room for walks, used again by the next: a walk in a big graph shall cost as much as what it reaches. */
export interface Reaches {
  /** For nodes with numbers below `nodes`; nothing is reached yet. */
  readonly take: (nodes: number) => Reach;
  /** What the walk had reached is the first `count` of the queue. */
  readonly give: (reach: Reach, count: number) => void;
}

/** Walks under way at a time whose room is kept; more get theirs anew. */
const kept = 4;

export const reaches = (): Reaches => {
  const free: Reach[] = [];
  return {
    take: (nodes) => {
      const reach = free.pop();
      return reach && reach.queue.length > nodes ? reach : newReach(nodes + (nodes >>> 3) + 64);
    },
    give: (reach, count) => {
      clear(reach, count);
      if (free.length < kept) free.push(reach);
    },
  };
};

const newReach = (nodes: number): Reach => ({
  queue: new Int32Array(nodes),
  seen: new Int32Array((nodes >>> 5) + 1),
  placed: new Int32Array((nodes >>> 5) + 1),
});

/** The start counts as seen, so that a cycle does not lead to it. */
export const begun = (reach: Reach, start: number): Reach => {
  reach.queue[0] = start;
  reach.seen[start >>> 5] = 1 << (start & 31);
  reach.placed[start >>> 5] = 1 << (start & 31);
  return reach;
};

/** So many nodes that all words of the bitmaps are gone through sooner than those of each. */
export const isWide = ({ seen }: Reach, count: number): boolean => count > seen.length >>> 4;

const clear = (reach: Reach, count: number): void => {
  const { queue, seen, placed } = reach;
  if (isWide(reach, count)) {
    seen.fill(0);
    placed.fill(0);
  } else
    for (let index = 0; index < count; index++) {
      const word = (queue[index] ?? 0) >>> 5;
      seen[word] = 0;
      placed[word] = 0;
    }
};

/** As many are in order sooner than a sort has begun. */
const few = 24;

/**
 * Puts the last level in the order of its numbers, and answers where it ends. A wide one, and what came of one (`wide`), is listed anew:
 * that takes a step per node, and no comparisons.
 */
export const ordered = (reach: Reach, { from, to, wide }: { readonly from: number; readonly to: number; readonly wide: boolean }): number => {
  if (wide || isWide(reach, to - from)) return listed(reach, from);
  if (to - from <= few) inserted(reach.queue, from, to);
  else reach.queue.subarray(from, to).sort();
  marked(reach, from, to);
  return to;
};

// Each loop in a function of its own: of two in one, the engine gives up the code of the first whenever it comes to the second.
const inserted = (queue: Int32Array, from: number, to: number): void => {
  for (let next = from + 1; next < to; next++) {
    const node = queue[next] ?? 0;
    let place = next;
    for (; place > from && (queue[place - 1] ?? 0) > node; place--) queue[place] = queue[place - 1] ?? 0;
    queue[place] = node;
  }
};

const marked = ({ queue, placed }: Reach, from: number, to: number): void => {
  for (let index = from; index < to; index++) {
    const node = queue[index] ?? 0;
    placed[node >>> 5] = (placed[node >>> 5] ?? 0) | (1 << (node & 31));
  }
};

/** What was seen and has no place yet is the level. */
const listed = ({ queue, seen, placed }: Reach, from: number): number => {
  let last = from;
  for (let word = 0; word < seen.length; word++) {
    const all = seen[word] ?? 0;
    let level = all & ~(placed[word] ?? 0);
    placed[word] = all;
    for (; level !== 0; level &= level - 1) queue[last++] = 32 * word + 31 - Math.clz32(level & -level);
  }
  return last;
};
