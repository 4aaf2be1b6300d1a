import type { Key, Stretch } from "#projections/kernel/keyset.ts";
import type { PagedWalks, Reached, ReachedPage, Step, Walks } from "./walks.ts";

/** What was reached, level by level. */
export interface Levels {
  /** How many nodes are 1, 2, 3 … links away. */
  readonly counts: readonly number[];
  /** The numbers of a level's nodes, the first level's at 0, in their order. */
  readonly level: (index: number) => ArrayLike<number>;
}

/** A stretch of what was reached. Only the levels that it touches are looked at. */
export const pageOf = (levels: Levels, { after, before: until, limit, backward }: Stretch): Pick<ReachedPage, "rows" | "more"> => {
  const { counts } = levels;
  const first = after ? placeOf(levels, after, 1) : 0;
  const end = until ? placeOf(levels, until, 0) : nearer(counts, counts.length);
  const from = backward ? Math.max(first, end - limit) : first;
  const to = backward ? end : Math.min(end, first + limit);
  return { rows: stepsOf(levels, from, to), more: backward ? from > first : to < end };
};

export const pageOfReached = ({ numbers, levels, truncated, position }: Reached, stretch: Stretch): ReachedPage => {
  const level = (index: number) => numbers.slice(nearer(levels, index), nearer(levels, index + 1));
  return { ...pageOf({ counts: levels, level }, stretch), position, whole: Promise.resolve({ count: numbers.length, levels, truncated }) };
};

/** Of walks that only tell all that they reached. */
export const paged = (walks: Walks): PagedWalks => ({ ...walks, page: async (way, stretch) => pageOfReached(await walks.closure(way), stretch) });

const stepsOf = ({ counts, level }: Levels, from: number, to: number): Step[] => {
  const rows: Step[] = [];
  let start = 0;
  for (const [index, count] of counts.entries()) {
    if (start >= to) break;
    if (start + count > from) {
      const numbers = level(index);
      for (let place = Math.max(0, from - start); place < Math.min(count, to - start); place++) rows.push({ number: numbers[place] ?? -1, depth: index + 1 });
    }
    start += count;
  }
  return rows;
};

/** How many are nearer than a level. */
const nearer = (counts: readonly number[], level: number): number => counts.slice(0, level).reduce((sum, count) => sum + count, 0);

/** Where a key is, or would be; `beyond` 1: the place behind it. */
const placeOf = ({ counts, level }: Levels, [depth = 0, number = 0]: Key, beyond: 0 | 1): number => {
  const index = Number(depth) - 1;
  if (index < 0) return 0;
  if (index >= counts.length) return nearer(counts, counts.length);
  const numbers = level(index);
  const bound = Number(number) + beyond;
  let [low, high] = [0, counts[index] ?? 0];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return nearer(counts, index) + low;
};
