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

/** The memos of the streams that were used last. */
export const recentMemos = <State>(capacity: number): Memos<State> => {
  const memos = new Map<string, Memo<State>>();
  const set = (stream: string, memo: Memo<State>) => {
    memos.delete(stream);
    memos.set(stream, memo);
    const [oldest] = memos.keys();
    if (memos.size > capacity && oldest !== undefined) memos.delete(oldest);
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
