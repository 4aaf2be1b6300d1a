import { foldHashes, type Hash, hashChildren } from "./merkle.ts";

/** A tree that is read from left to right, of which no more is kept than its right edge: a few dozen hashes, however long it is. */
export interface CompactRange {
  /** Leaves so far. */
  readonly size: () => number;
  readonly root: () => Hash;
  /** The next leaf; with a level the next whole subtree of that height. Throws `RangeError` where such a one cannot begin here. */
  readonly push: (hash: Hash, level?: number) => void;
  /** Another that goes on from here by itself. */
  readonly fork: () => CompactRange;
}

/** `closed` hears of each whole subtree, once it is one. */
export const compactRange = (closed?: (subtree: Closed) => void): CompactRange => rangeFrom([], 0, closed);

export interface Closed {
  readonly level: number;
  readonly hash: Hash;
}

const rangeFrom = (edge: Closed[], begun: number, closed?: (subtree: Closed) => void): CompactRange => {
  let size = begun;

  const push: CompactRange["push"] = (hash, level = 0) => {
    const width = 2 ** level;
    if (size % width !== 0 || !Number.isSafeInteger(size + width)) throw new RangeError(`no subtree of level ${level} begins at leaf ${size}`);
    size += width;
    let node = { level, hash };
    for (let left = edge.at(-1); left?.level === node.level; left = edge.at(-1)) {
      edge.pop();
      node = { level: node.level + 1, hash: hashChildren(left.hash, node.hash) };
      closed?.(node);
    }
    edge.push(node);
  };
  return { size: () => size, root: () => foldHashes(edge.map(({ hash }) => hash)), push, fork: () => rangeFrom([...edge], size) };
};
