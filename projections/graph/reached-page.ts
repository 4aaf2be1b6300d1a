import type { Key, Stretch } from "#projections/kernel/keyset.ts";
import type { Reached } from "./walks.ts";

/** A node that was reached, and how far it is. */
export interface Step {
  readonly number: number;
  readonly depth: number;
}

/** A stretch of what was reached, in its order, by keys of depth and number. */
export const pageOfReached = (reached: Reached, { after, before, limit, backward }: Stretch): { readonly rows: readonly Step[]; readonly more: boolean } => {
  const first = after ? placeOf(reached, after, 1) : 0;
  const end = before ? placeOf(reached, before, 0) : reached.numbers.length;
  const from = backward ? Math.max(first, end - limit) : first;
  const to = backward ? end : Math.min(end, first + limit);
  const rows = Array.from({ length: Math.max(0, to - from) }, (_, index) => stepAt(reached, from + index));
  return { rows, more: backward ? from > first : to < end };
};

const stepAt = ({ numbers, levels }: Reached, index: number): Step => {
  let left = index;
  const level = levels.findIndex((count) => (left < count ? true : ((left -= count), false)));
  return { number: numbers[index] ?? -1, depth: level + 1 };
};

/** Where a key is, or would be; `beyond` 1: the place behind it. */
const placeOf = ({ numbers, levels }: Reached, [depth = 0, number = 0]: Key, beyond: 0 | 1): number => {
  const level = Number(depth) - 1;
  let low = levels.slice(0, Math.max(0, level)).reduce((sum, count) => sum + count, 0);
  let high = low + (levels[level] ?? 0);
  const bound = Number(number) + beyond;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
};
