import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Page } from "#commands/ports/event-log.ts";
import { type Bell, bell } from "#infra/log/bell.ts";
import type { IndexedPage, LogIndex } from "./log-index.ts";
import { type Overlay, overlayAt } from "./overlay.ts";

export interface FollowOptions {
  readonly index: LogIndex;
  /** The log behind `after`, past and live, until the signal aborts; may end or throw `Unavailable`, and is begun again then. */
  readonly pages: (after: number, signal: AbortSignal) => AsyncIterable<Page>;
  /** The log's last position: an index that is ahead of it belongs to a log that was replaced, and is cleared. */
  readonly head?: () => Promise<number>;
  /** About how many milliseconds an event stays behind the index. */
  readonly every?: number;
  /** How many events are kept in memory: beyond that, following waits for the index. */
  readonly most?: number;
}

export interface Following {
  readonly overlay: Overlay;
  readonly state: FollowState;
  readonly grown: Bell;
  readonly closed: AbortSignal;
  readonly add: (after: number, page: IndexedPage) => boolean;
  /** The index has gone back to `position` (it was cleared, or restored): the log is followed again from there. */
  readonly rewind: (position: number) => void;
  readonly close: () => Promise<void>;
}

export interface FollowState {
  /** The furthest position that was ever known here: no answer may be older. */
  promised: number;
  /** A defect that has ended the following. */
  fault: unknown;
}

/** Events in one statement of the index. */
const portion = 2000;
const shortestPause = 50;
const longestPause = 1000;

export const follow = async ({ index, pages, head, every = 250, most = 200_000 }: FollowOptions): Promise<Following> => {
  const start = await index.position();
  // Asked for after the index's: the log only grows meanwhile.
  if (head && (await head()) < start) await index.clear();
  const overlay = overlayAt(await index.position());
  const state: FollowState = { promised: overlay.position(), fault: undefined };
  const closing = new AbortController();
  const { signal } = closing;
  const [grown, full, drained] = [bell(), bell(), bell()];
  let rewinding = new AbortController();

  const moved = () => {
    state.promised = Math.max(state.promised, overlay.position());
    if (overlay.size() >= portion) full.ring();
    grown.ring();
  };
  const add: Following["add"] = (after, page) => {
    const taken = overlay.take(after, page);
    state.promised = Math.max(state.promised, page.position);
    moved();
    return taken;
  };
  const rewind: Following["rewind"] = (position) => {
    overlay.restart(position);
    rewinding.abort();
    drained.ring();
  };
  const drop = (position: number) => {
    overlay.drop(position);
    drained.ring();
    moved();
  };

  const followOnce = async () => {
    rewinding = new AbortController();
    const stop = AbortSignal.any([signal, rewinding.signal]);
    let after = overlay.position();
    for await (const page of pages(after, stop)) {
      if (stop.aborted || !overlay.take(after, page)) return;
      after = page.position;
      moved();
      while (overlay.size() >= most && !stop.aborted) await drained.next(drained.rings(), longestPause, stop);
    }
  };
  /** Brings the index up to what is known here, as far as nobody else has. */
  const indexOnce = async () => {
    let position = await index.position();
    if (position < overlay.base()) rewind(position);
    else drop(position);
    while (overlay.position() > position && !signal.aborted) {
      const page = overlay.oldest(portion);
      if (!(await index.extend(position, page))) return;
      ({ position } = page);
      drop(position);
    }
  };
  const untilClosed = async (work: () => Promise<void>, between: () => Promise<void>) => {
    for (let pause = shortestPause; !signal.aborted; )
      try {
        await work();
        pause = shortestPause;
        await between();
      } catch (error) {
        if (!(error instanceof Unavailable)) return fail(error);
        await rest(pause * (0.5 + Math.random()), signal);
        pause = Math.min(pause * 2, longestPause);
      }
  };
  const fail = (error: unknown) => {
    state.fault = error;
    grown.ring();
  };

  const working = [
    untilClosed(followOnce, () => rest(rewinding.signal.aborted ? 0 : shortestPause, signal)),
    untilClosed(
      async () => {
        if (overlay.position() > overlay.base()) await indexOnce();
      },
      () => full.next(full.rings(), every * (0.5 + Math.random()), signal),
    ),
  ];
  const close = async () => {
    closing.abort();
    grown.ring();
    await Promise.all(working);
  };
  return { overlay, state, grown, closed: signal, add, rewind, close };
};

const rest = (milliseconds: number, signal: AbortSignal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined);
