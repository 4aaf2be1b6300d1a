import { Unavailable } from "#domain/kernel/errors.ts";
import type { Receipt } from "#commands/ports/event-log.ts";
import type { Bell } from "#infra/log/bell.ts";
import { follow, type FollowOptions, type Following } from "./follow.ts";
import type { IndexedPage, Known, Place, PlaceRange, Wanted } from "./log-index.ts";
import { type Overlay, receiptWith } from "./overlay.ts";

export interface Patience {
  /** Milliseconds; without end where absent. */
  readonly patience?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The index and what the log has behind it, as one. Answers are exactly those of the log as of a position which is at least
 * `position()` at the time of asking, and `at` where that is given. They throw `Unavailable` when PostgreSQL is away, or when the
 * log does not come that far in five seconds.
 */
export interface Tail extends AsyncDisposable {
  /** How far the log is known here; never goes back. */
  readonly position: () => number;
  /** True when the log is known up to there; false when patience is over, or the signal has aborted. */
  readonly reached: (position: number, patience?: Patience) => Promise<boolean>;
  readonly known: (wanted: Wanted, at?: number) => Promise<Known>;
  readonly places: (stream: string, range: PlaceRange, at?: number) => Promise<readonly Place[]>;
  /**
   * What this process has just committed itself, to be known at once: `after` is the position that it knows there was nothing
   * between. False where the pages of the log must come first; they bring it then.
   */
  readonly add: (after: number, page: IndexedPage) => boolean;
  /** Rings when `position()` has grown. */
  readonly bell: Bell;
}

/**
 * Follows the log from where its index ends, keeps what is behind the index in memory, and moves it into the index a few times a
 * second: every process does, whoever is first. Throws `Unavailable` when the index or the log does not answer at the start.
 */
export const followIndexed = async (options: FollowOptions): Promise<Tail> => {
  const { index } = options;
  const following = await follow(options);
  const { overlay, state } = following;
  const reached = (position: number, patience: Patience = {}) => reach(following, position, patience);

  /** Asks the index until its answer and the overlay meet without a gap: the overlay may have moved into the index meanwhile. */
  const joined = async <Answer extends { readonly position: number }>(ask: () => Promise<Answer>, at: number): Promise<Answer> => {
    for (;;) {
      if (!(await reached(Math.max(at, state.promised), { patience: 5000 }))) throw new Unavailable("log index", { cause: new Error(`the log is not known up to ${at} here`) });
      const base = overlay.base();
      const answer = await ask();
      if (answer.position >= overlay.base() && overlay.position() >= state.promised) return answer;
      if (answer.position < base) following.rewind(answer.position);
    }
  };
  return {
    position: () => state.promised,
    reached,
    known: async (wanted, at = 0) => merged(wanted, await joined(() => index.lookUp(wanted), at), overlay),
    places: async (stream, range, at = 0) => {
      const { position, places } = await joined(() => index.places(stream, range), at);
      const recent = overlay.ofStream(stream, position).filter(({ revision }) => revision > range.after);
      return [...places, ...recent.map(({ revision, position }) => ({ revision, position }))].slice(0, range.limit);
    },
    add: following.add,
    bell: following.grown,
    [Symbol.asyncDispose]: following.close,
  };
};

const merged = ({ commandIds, streams }: Wanted, indexed: Known, overlay: Overlay): Known => {
  const receipts = new Map<string, Receipt>();
  for (const commandId of commandIds) {
    const receipt = receiptWith(indexed.receipts.get(commandId), overlay.ofCommand(commandId, indexed.position));
    if (receipt) receipts.set(commandId, receipt);
  }
  const revisions = new Map<string, number>();
  for (const stream of streams) {
    const revision = overlay.ofStream(stream, indexed.position).at(-1)?.revision ?? indexed.revisions.get(stream);
    if (revision !== undefined) revisions.set(stream, revision);
  }
  return { position: Math.max(indexed.position, overlay.position()), receipts, revisions };
};

const reach = async ({ overlay, grown, state, closed }: Following, position: number, { patience = Infinity, signal }: Patience): Promise<boolean> => {
  const deadline = performance.now() + patience;
  const either = signal ? AbortSignal.any([signal, closed]) : closed;
  for (;;) {
    if (state.fault !== undefined) throw state.fault;
    if (overlay.position() >= position) return true;
    const left = deadline - performance.now();
    if (left <= 0 || either.aborted) return false;
    // Not longer than timers can count.
    await grown.next(grown.rings(), Math.min(left, 60_000), either);
  }
};
