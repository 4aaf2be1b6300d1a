import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "#domain/kernel/errors.ts";

/** Waits; ends early, without an error, when the signal aborts. */
export const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** Waits between tries: `first` milliseconds, doubled each time up to `longest`, a random half of it less. `reset` after a success. */
export const backoff = (signal: AbortSignal, [first, longest]: readonly [first: number, longest: number] = [50, 2000]) => {
  let next = first;
  return {
    wait: async () => {
      const most = next;
      next = Math.min(2 * next, longest);
      await pause(most / 2 + (Math.random() * most) / 2, signal);
    },
    reset: () => {
      next = first;
    },
  };
};

/** Does the work again while a server is away, more and more slowly, until the signal aborts. */
export const patiently = async <Answer>(signal: AbortSignal, work: () => Promise<Answer>): Promise<Answer> => {
  const again = backoff(signal);
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unavailable) || signal.aborted) throw error;
      await again.wait();
    }
};

/** The value, or undefined when it takes longer; the promise itself goes on. */
export const within = async <Value>(milliseconds: number, value: Promise<Value>): Promise<Value | undefined> => {
  const timeout = new AbortController();
  try {
    return await Promise.race([value, pause(milliseconds, timeout.signal).then(() => undefined)]);
  } finally {
    timeout.abort();
  }
};

/** Ends the pauses of others early: `pause(1000, bell.signal())`. Take the signal before looking at what may ring. */
export const bell = () => {
  let rings = new AbortController();
  return {
    signal: (): AbortSignal => rings.signal,
    ring: (): void => {
      rings.abort();
      rings = new AbortController();
    },
  };
};
