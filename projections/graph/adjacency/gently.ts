import { setImmediate as nextTurn } from "node:timers/promises";

/** Work in small steps, each of which yields. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Milliseconds for which others may have to wait. */
const turnMs = 5;

/** Nodes whose neighbours are looked at before the clock is: most walks are shorter. */
export const stride = 2048;

/** Lets others have their turn in time. */
export const turns = () => {
  let began: number | null = null;
  let nodes = 0;
  return {
    /** After so many more nodes. */
    over: (more: number): boolean => {
      nodes += more;
      if (nodes < stride) return false;
      nodes = 0;
      const now = performance.now();
      began ??= now;
      return now - began > turnMs;
    },
    next: async (): Promise<void> => {
      await nextTurn();
      began = performance.now();
    },
  };
};

export const gently = async <Result>(steps: Steps<Result>): Promise<Result> => {
  let began = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() - began <= turnMs) continue;
    await nextTurn();
    began = performance.now();
  }
};
