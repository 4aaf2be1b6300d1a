import { emptyRoot, type Hash, hashChildren } from "#domain/audit/merkle.ts";

/** RFC 6962 §2.1 word for word, over all hashes at once. */
const split = (count: number): number => {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
};

export const naiveRoot = (leaves: readonly Hash[]): Hash => {
  const [only] = leaves;
  if (!only) return emptyRoot;
  const k = split(leaves.length);
  return leaves.length === 1 ? only : hashChildren(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
};

export const naivePath = (index: number, leaves: readonly Hash[]): readonly Hash[] => {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...naivePath(index, leaves.slice(0, k)), naiveRoot(leaves.slice(k))]
    : [...naivePath(index - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
};

export const naiveProof = (from: number, leaves: readonly Hash[]): readonly Hash[] =>
  from === 0 || from === leaves.length ? [] : subproof(from, leaves, true);

const subproof = (from: number, leaves: readonly Hash[], known: boolean): readonly Hash[] => {
  if (from === leaves.length) return known ? [] : [naiveRoot(leaves)];
  const k = split(leaves.length);
  return from <= k
    ? [...subproof(from, leaves.slice(0, k), known), naiveRoot(leaves.slice(k))]
    : [...subproof(from - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))];
};
