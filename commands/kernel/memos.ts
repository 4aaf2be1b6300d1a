import type { Decider } from "#domain/kernel/decider.ts";
import type { AnyEvent, Recorded } from "#domain/kernel/event.ts";

/** The folded state of a stream up to a revision: a cache that may be lost at any time. */
export interface Memo<State> {
  readonly state: State;
  /** -1 before the first event. */
  readonly revision: number;
  readonly position: number;
}

export interface Memos<State> {
  get(stream: string): Memo<State> | undefined;
  set(stream: string, memo: Memo<State>): void;
}

/** How much is kept, in whatever unit states are weighed in. */
export interface Room<State> {
  readonly capacity: number;
  readonly weigh: (state: State) => number;
}

/** The memos of the streams that were used last; that of the very last one, however large it is. */
export const recentMemos = <State>({ capacity, weigh }: Room<State>): Memos<State> => {
  const memos = new Map<string, Memo<State>>();
  let weight = 0;
  const drop = (stream: string) => {
    const memo = memos.get(stream);
    if (memo) weight -= weigh(memo.state);
    memos.delete(stream);
  };
  const set = (stream: string, memo: Memo<State>) => {
    drop(stream);
    memos.set(stream, memo);
    weight += weigh(memo.state);
    for (const oldest of memos.keys()) {
      if (weight <= capacity || memos.size === 1) return;
      drop(oldest);
    }
  };
  const get = (stream: string) => {
    const memo = memos.get(stream);
    if (memo) set(stream, memo);
    return memo;
  };
  return { get, set };
};

export const folded = <State, Event extends AnyEvent>(
  decider: Pick<Decider<never, State, Event, never>, "evolve">,
  memo: Memo<State>,
  recorded: readonly Recorded<Event>[],
): Memo<State> =>
  recorded.reduce(
    ({ state }, { event, revision, position }) => ({ state: decider.evolve(state, event), revision, position }),
    memo,
  );
