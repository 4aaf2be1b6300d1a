import type { Reach } from "./expand.ts";

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
      return reach && reach.queue.length >= nodes ? reach : newReach(nodes + (nodes >>> 3) + 64);
    },
    give: (reach, count) => {
      const { queue, seen } = reach;
      if (count > seen.length) seen.fill(0);
      else for (let index = 0; index < count; index++) seen[(queue[index] ?? 0) >>> 5] = 0;
      if (free.length < kept) free.push(reach);
    },
  };
};

const newReach = (nodes: number): Reach => ({ queue: new Int32Array(nodes), seen: new Uint32Array((nodes >>> 5) + 1) });

/** The start counts as seen, so that a cycle does not lead to it. */
export const begun = (reach: Reach, start: number): Reach => {
  reach.queue[0] = start;
  reach.seen[start >>> 5] = 1 << (start & 31);
  return reach;
};

/** As many are in order sooner than a sort has begun. */
const few = 24;

const inserted = (queue: Int32Array, from: number, to: number): void => {
  for (let next = from + 1; next < to; next++) {
    const node = queue[next] ?? 0;
    let place = next;
    for (; place > from && (queue[place - 1] ?? 0) > node; place--) queue[place] = queue[place - 1] ?? 0;
    queue[place] = node;
  }
};

/** Puts a stretch of the queue in the order of its numbers. A long one by way of a bitmap: that takes a step per node, and no comparisons. */
export const ordered = ({ queue, seen }: Reach, from: number, to: number): void => {
  const stretch = queue.subarray(from, to);
  if (stretch.length <= few) inserted(queue, from, to);
  else if (stretch.length < seen.length >>> 3) stretch.sort();
  else listed(marked(stretch, seen.length), stretch);
};

// Each loop in a function of its own: of two in one, the engine gives up the code of the first whenever it comes to the second.
const marked = (numbers: Int32Array, words: number): Uint32Array => {
  const bits = new Uint32Array(words);
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index] ?? 0;
    bits[number >>> 5] = (bits[number >>> 5] ?? 0) | (1 << (number & 31));
  }
  return bits;
};

const listed = (bits: Uint32Array, into: Int32Array): void => {
  let place = 0;
  for (let word = 0; word < bits.length; word++)
    for (let rest = bits[word] ?? 0; rest !== 0; rest &= rest - 1) into[place++] = 32 * word + 31 - Math.clz32(rest & -rest);
};
