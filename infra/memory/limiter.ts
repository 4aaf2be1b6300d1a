import type { Limiter } from "#api/access/rates.ts";
import { recent } from "#api/recent.ts";

interface Bucket {
  readonly left: number;
  /** Milliseconds. */
  readonly at: number;
}

/** Limits of this process alone, for the subjects that it saw last. */
export const memoryLimiter = (perMinute: number, now: () => number = () => performance.now()): Limiter => {
  const buckets = recent<Bucket>(50_000);

  const left = (subject: string): number => {
    const { left, at } = buckets.get(subject) ?? { left: perMinute, at: now() };
    return Math.min(perMinute, left + ((now() - at) * perMinute) / 60_000);
  };
  const wait = (left: number): number => (left < 1 ? ((1 - left) * 60) / perMinute : 0);

  return {
    look: async (subject) => wait(left(subject)),
    take: async (subject) => {
      const before = left(subject);
      if (before >= 1) buckets.set(subject, { left: before - 1, at: now() });
      return wait(before);
    },
  };
};
