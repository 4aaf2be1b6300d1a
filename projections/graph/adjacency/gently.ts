import { setImmediate as nextTurn } from "node:timers/promises";

/** Work in small steps, each of which yields. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Milliseconds for which others may have to wait. */
const turnMs = 5;

/** Lets others have their turn in time. */
export const turns = () => {
  let began = performance.now();
  return {
    over: (): boolean => performance.now() - began > turnMs,
    next: async (): Promise<void> => {
      await nextTurn();
      began = performance.now();
    },
  };
};

export const gently = async <Result>(steps: Steps<Result>): Promise<Result> => {
  const turn = turns();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (turn.over()) await turn.next();
  }
};
