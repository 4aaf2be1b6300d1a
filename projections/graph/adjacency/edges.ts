/** Rows of links, column by column. A link that holds still has no end: `Infinity`. */
export interface Edges {
  readonly count: number;
  /** Numbers of nodes, from 0. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Number of the link's type. */
  readonly type: Uint8Array;
  /** It holds from this position on … */
  readonly begin: Float64Array;
  /** … and before this one. */
  readonly end: Float64Array;
}

export const roomFor = (count: number): Edges => ({
  count,
  from: new Int32Array(count),
  to: new Int32Array(count),
  type: new Uint8Array(count),
  begin: new Float64Array(count),
  end: new Float64Array(count),
});

/** All rows of the batches, in their order. */
export const joined = (batches: readonly Edges[]): Edges => {
  const [first] = batches;
  if (first && batches.length === 1) return first;
  const all = roomFor(batches.reduce((sum, { count }) => sum + count, 0));
  let at = 0;
  for (const { count, from, to, type, begin, end } of batches) {
    all.from.set(from.subarray(0, count), at);
    all.to.set(to.subarray(0, count), at);
    all.type.set(type.subarray(0, count), at);
    all.begin.set(begin.subarray(0, count), at);
    all.end.set(end.subarray(0, count), at);
    at += count;
  }
  return all;
};
