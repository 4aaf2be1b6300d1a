/** The value below which a share of the samples lies: `percentile(samples, 0.5)` is the median. */
export const percentile = (samples: readonly number[], share: number): number => {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

/** Milliseconds that the work took, and what it gave. */
export const timed = async <Answer>(work: () => Promise<Answer>): Promise<{ readonly ms: number; readonly answer: Answer }> => {
  const began = performance.now();
  const answer = await work();
  return { ms: performance.now() - began, answer };
};
