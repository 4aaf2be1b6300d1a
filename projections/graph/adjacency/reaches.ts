/** The nodes that a walk has reached, level by level, the start first. */
export interface Reach {
  /** With room for one more than there are nodes. */
  readonly queue: Int32Array;
  /** A bit per node: it is in the queue. */
  readonly seen: Int32Array;
  /** A bit per node of the first `known` in the queue. */
  readonly placed: Int32Array;
  /** As long as no level was wide, nobody asks who was placed before. */
  known: number;
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
  known: 0,
});

/** The start counts as seen, so that a cycle does not lead to it. */
export const begun = (reach: Reach, start: number): Reach => {
  reach.queue[0] = start;
  reach.seen[start >>> 5] = 1 << (start & 31);
  return reach;
};

/** So many nodes that all words of the bitmaps are gone through sooner than those of each. */
export const isWide = ({ seen }: Reach, count: number): boolean => count > seen.length >>> 4;

const clear = (reach: Reach, count: number): void => {
  const { queue, seen, placed } = reach;
  if (isWide(reach, count)) {
    seen.fill(0);
    placed.fill(0);
    reach.known = 0;
  } else for (let index = 0; index < count; index++) seen[(queue[index] ?? 0) >>> 5] = 0;
};

interface Level {
  readonly from: number;
  readonly to: number;
  /** It came of a wide one, and is not in the queue. */
  readonly wide: boolean;
}

/**
 * The last level has its place; answers where it ends. A wide one, and what came of one, is listed anew, in the order of its numbers: the rows are
 * then read as they stand. That takes a step per node, and no comparisons.
 */
export const settled = (reach: Reach, { from, to, wide }: Level): number =>
  wide || isWide(reach, to - from) ? listed(reach, from) : to;

/** … and a narrow one is in order, too. */
export const ordered = (reach: Reach, level: Level): number => {
  const end = settled(reach, level);
  if (!level.wide && !isWide(reach, end - level.from)) sorted(reach.queue, level.from, end);
  return end;
};

const sorted = (queue: Int32Array, from: number, to: number): void => void queue.subarray(from, to).sort();

/** Nodes that are marked and listed sooner than they are compared. */
export const isMany = (count: number, nodes: number): boolean => count > nodes >>> 9;

/** Puts numbers of many nodes, each there once, in their order. */
export const inOrder = (numbers: Int32Array, nodes: number): Int32Array => {
  const words = (nodes >>> 5) + 1;
  const reach: Reach = { queue: numbers, seen: new Int32Array(words), placed: new Int32Array(words), known: 0 };
  for (const node of numbers) reach.seen[node >>> 5] = (reach.seen[node >>> 5] ?? 0) | (1 << (node & 31));
  listed(reach, 0);
  return numbers;
};

/** What was seen and has no place yet is the level. */
const listed = (reach: Reach, from: number): number => {
  mark(reach, from);
  reach.known = list(reach, from);
  return reach.known;
};

// Each loop in a function of its own: of two in one, the engine gives up the code of the first whenever it comes to the second.
const mark = ({ queue, placed, known }: Reach, to: number): void => {
  for (let index = known; index < to; index++) {
    const node = queue[index] ?? 0;
    placed[node >>> 5] = (placed[node >>> 5] ?? 0) | (1 << (node & 31));
  }
};

const list = ({ queue, seen, placed }: Reach, from: number): number => {
  let last = from;
  for (let word = 0; word < seen.length; word++) {
    const all = seen[word] ?? 0;
    let level = all & ~(placed[word] ?? 0);
    placed[word] = all;
    for (; level !== 0; level &= level - 1) queue[last++] = 32 * word + 31 - Math.clz32(level & -level);
  }
  return last;
};
