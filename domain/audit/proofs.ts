import { emptyRoot, foldHashes, type Hash, hashChildren } from "./merkle.ts";
import { splitOf, type Subtree, subtreesOf } from "./subtrees.ts";

/** The hashes of a proof before anybody has looked them up: each is the root over a few neighbouring subtrees. */
export type Plan = readonly (readonly Subtree[])[];

/** What the root of a tree of this size is made of. */
export const rootPlan = (size: number): readonly Subtree[] => subtreesOf(0, size);

/** RFC 6962 §2.1.1: the audit path of a leaf, from the leaf up. */
export const inclusionPlan = (index: number, size: number): Plan => {
  const path = (start: number, end: number): (readonly Subtree[])[] => {
    if (end - start === 1) return [];
    const middle = start + splitOf(end - start);
    return index < middle ? [...path(start, middle), subtreesOf(middle, end)] : [...path(middle, end), subtreesOf(start, middle)];
  };
  return path(0, size);
};

/** RFC 6962 §2.1.2: the proof that the tree of size `to` goes on from that of size `from`. */
export const consistencyPlan = (from: number, to: number): Plan => {
  const proof = (start: number, end: number, known: boolean): (readonly Subtree[])[] => {
    if (end === from) return known ? [] : [subtreesOf(start, end)];
    const middle = start + splitOf(end - start);
    return from <= middle ? [...proof(start, middle, known), subtreesOf(middle, end)] : [...proof(middle, end, false), subtreesOf(start, middle)];
  };
  return from === 0 || from === to ? [] : proof(0, to, true);
};

/** The hashes of a plan, of whoever knows those of whole subtrees. */
export const hashesOf = (plan: Plan, hashOf: (subtree: Subtree) => Hash): readonly Hash[] => plan.map((range) => foldHashes(range.map(hashOf)));

export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leaf: Hash;
  readonly proof: readonly Hash[];
}

/** RFC 9162 §2.1.3.2: the root that a leaf and its audit path lead to; null where the path is not one of such a tree. */
export const rootByInclusion = ({ index, size, leaf, proof }: Inclusion): Hash | null => {
  if (!(index >= 0 && index < size)) return null;
  let [node, last, root] = [index, size - 1, leaf];
  for (const hash of proof) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      root = hashChildren(hash, root);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else root = hashChildren(root, hash);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
};

/** A tree, by what a checkpoint says of it. */
export interface Head {
  readonly size: number;
  readonly root: Hash;
}

/** RFC 9162 §2.1.4.2: whether the proof shows that the later tree holds the earlier one unchanged, and then more. */
export const isConsistent = (from: Head, to: Head, proof: readonly Hash[]): boolean => {
  if (from.size > to.size) return false;
  if (from.size === to.size) return proof.length === 0 && from.root.equals(to.root);
  if (from.size === 0) return proof.length === 0 && from.root.equals(emptyRoot);
  let [node, last] = [from.size - 1, to.size - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  const hashes = node === 0 ? [from.root, ...proof] : proof;
  const [first, ...rest] = hashes;
  if (!first) return false;
  let [earlier, later] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [earlier, later] = [hashChildren(hash, earlier), hashChildren(hash, later)];
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else later = hashChildren(later, hash);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && earlier.equals(from.root) && later.equals(to.root);
};
