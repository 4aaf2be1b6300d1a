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
  /** Rings when the log may be known further than before. */
  readonly bell: Bell;
}

/**
 * Follows the log from where its index ends, keeps what is behind the index in memory, and moves it into the index a few times a
 * second: every process does, whoever is first. Throws `Unavailable` when the index or the log does not answer at the start.
 */
export const followIndexed = async (options: FollowOptions): Promise<Tail> => {
  const following = await follow(options);
  const { overlay, promised } = following;
  const { index } = options;
  return {
    position: promised,
    reached: (position, patience = {}) => reached(following, position, patience),
    known: async (wanted, at = 0) => {
      const indexed = () => index.lookUp(wanted);
      return joined(following, at, indexed, (known) => merged(wanted, known, overlay));
    },
    places: async (stream, range, at = 0) => {
      const indexed = () => index.places(stream, range);
      return joined(following, at, indexed, ({ position, places }) => {
        const recent = overlay.ofStream(stream, position).filter(({ revision }) => revision > range.after);
        return [...places, ...recent.map(({ revision, position }) => ({ revision, position }))].slice(0, range.limit);
      });
    },
    add: following.add,
    bell: following.grown,
    [Symbol.asyncDispose]: following.close,
  };
};

const longestWait = 5000;

/**
 * Asks the index until its answer and the overlay meet without a gap: the overlay may have moved into the index meanwhile. They are
 * joined in the moment in which that was found.
 */
const joined = async <Indexed extends { readonly position: number }, Answer>(
  following: Following, at: number, ask: () => Promise<Indexed>, join: (indexed: Indexed) => Answer,
): Promise<Answer> => {
  const { overlay, promised, rewind } = following;
  for (;;) {
    const least = Math.max(at, promised());
    if (!(await reached(following, least, { patience: longestWait }))) throw new Unavailable("log index", { cause: new Error(`the log is not known up to ${least} here`) });
    const base = overlay.base();
    const indexed = await ask();
    if (indexed.position >= overlay.base() && overlay.position() >= least) return join(indexed);
    if (indexed.position < base) rewind(indexed.position);
  }
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

const reached = async ({ overlay, grown, check, closed }: Following, position: number, { patience = Infinity, signal }: Patience): Promise<boolean> => {
  const deadline = performance.now() + patience;
  const either = signal ? AbortSignal.any([signal, closed]) : closed;
  for (;;) {
    check();
    if (overlay.position() >= position) return true;
    const left = deadline - performance.now();
    if (left <= 0 || either.aborted) return false;
    // Not longer than timers can count.
    await grown.next(grown.rings(), Math.min(left, 60_000), either);
  }
};
