import { setTimeout as sleep } from "node:timers/promises";

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

export type Measure<Load> = (load: Load) => Promise<number>;

/**
 * Each for a short while, again and again, so that a disturbance hits all; the median of each. The first round only warms up. With a
 * pause (ms) in between where one leaves work behind that would be done on the next one's time.
 */
export const inTurns = async <Load>(load: Load, measures: readonly Measure<Load>[], rounds: number, pause = 0): Promise<number[]> => {
  const rates = measures.map((): number[] => []);
  for (let round = 0; round <= rounds; round++)
    for (const [index, measure] of measures.entries()) {
      await sleep(pause);
      const measured = await measure(load);
      if (round > 0) rates[index]?.push(measured);
    }
  return rates.map((each) => percentile(each, 0.5));
};
