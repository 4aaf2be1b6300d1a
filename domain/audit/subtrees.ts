/** A whole subtree: it holds the leaves from `index * 2 ** level` on, `2 ** level` of them. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** Every range of leaves that a tree or a proof speaks of, as the fewest whole subtrees, from left to right. */
export const subtreesOf = (start: number, end: number): readonly Subtree[] => {
  const found: Subtree[] = [];
  for (let at = start; at < end; ) {
    const level = Math.min(alignment(at), log2Floor(end - at));
    found.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return found;
};

/** The largest level of a subtree that begins at this leaf. Sizes go to 2^53: no bit operators. */
const alignment = (leaf: number): number => {
  if (leaf === 0) return 53;
  let level = 0;
  for (let rest = leaf; rest % 2 === 0; rest /= 2) level++;
  return level;
};

const log2Floor = (number: number): number => {
  let level = 0;
  for (let rest = number; rest >= 2; rest = Math.floor(rest / 2)) level++;
  return level;
};

/** The largest power of two below `size`: where RFC 6962 splits a tree of more than one leaf. */
export const splitOf = (size: number): number => {
  const power = 2 ** log2Floor(size);
  return power === size ? power / 2 : power;
};
