import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "#domain/kernel/errors.ts";
import { type Bell, bell } from "#infra/log/bell.ts";
import type { IndexedPage, LogIndex } from "./log-index.ts";
import { type Overlay, overlayAt } from "./overlay.ts";

export interface FollowOptions {
  readonly index: LogIndex;
  /** The log behind `after`, past and live, until the signal aborts; may end or throw `Unavailable`, and is begun again then. */
  readonly pages: (after: number, signal: AbortSignal) => AsyncIterable<IndexedPage>;
  /** The log's last position: an index that is ahead of it belongs to a log that was replaced, and is cleared. */
  readonly head?: () => Promise<number>;
  /** About how many milliseconds an event stays behind the index. */
  readonly every?: number;
  /** How many events are kept in memory: beyond that, following waits for the index. */
  readonly most?: number;
}

/** Keeps the overlay, and the index behind it, up with the log. */
export interface Following {
  readonly overlay: Overlay;
  /** The furthest position that was ever known here: no answer may be older. */
  readonly promised: () => number;
  /** Throws the defect that has ended the following. */
  readonly check: () => void;
  /** Rings when the overlay has changed. */
  readonly grown: Bell;
  readonly closed: AbortSignal;
  readonly add: (after: number, page: IndexedPage) => boolean;
  /** The index has gone back to `position` (it was cleared, or restored): the log is followed again from there. */
  readonly rewind: (position: number) => void;
  readonly close: () => Promise<void>;
}

/** Events in one statement of the index. */
const portion = 5000;

export const follow = async ({ index, pages, head, every = 250, most = 200_000 }: FollowOptions): Promise<Following> => {
  const overlay = overlayAt(await start(index, head));
  const [grown, full, closing] = [bell(), bell(), new AbortController()];
  let promised = overlay.position();
  let fault: unknown;
  let rewinding = new AbortController();

  const moved = () => {
    promised = Math.max(promised, overlay.position());
    if (overlay.size() >= portion) full.ring();
    grown.ring();
  };
  const rewind = (position: number) => {
    overlay.restart(position);
    rewinding.abort();
    moved();
  };
  const drop = (position: number) => {
    overlay.drop(position);
    moved();
  };
  const add: Following["add"] = (after, page) => {
    promised = Math.max(promised, page.position);
    const taken = overlay.take(after, page);
    moved();
    return taken;
  };
  const followOnce = async (goesWell: () => void) => {
    rewinding = new AbortController();
    const stop = AbortSignal.any([closing.signal, rewinding.signal]);
    let after = overlay.position();
    for await (const page of pages(after, stop)) {
      if (stop.aborted || !overlay.take(after, page)) return;
      after = page.position;
      moved();
      goesWell();
      while (overlay.size() >= most && !stop.aborted) await grown.next(grown.rings(), every, stop);
    }
  };
  const indexOnce = async () => {
    if (overlay.position() === overlay.base()) return;
    const position = await index.position();
    if (position < overlay.base()) return rewind(position);
    drop(position);
    for (let from = position; overlay.position() > from && !closing.signal.aborted; from = overlay.base()) {
      const page = overlay.oldest(portion);
      if (!(await index.extend(from, page))) return;
      drop(page.position);
    }
  };
  const loop = (work: Work, pause: () => Promise<void>) =>
    untilAborted(closing.signal, work, pause).catch((error: unknown) => {
      fault = error;
      grown.ring();
    });
  const working = [
    loop(followOnce, () => (rewinding.signal.aborted ? Promise.resolve() : rest(shortestPause, closing.signal))),
    loop(indexOnce, () => full.next(full.rings(), every * (0.5 + Math.random()), closing.signal)),
  ];
  const close = async () => {
    closing.abort();
    await Promise.all(working);
  };
  const check = () => {
    if (fault !== undefined) throw fault;
  };
  return { overlay, promised: () => promised, check, grown, closed: closing.signal, add, rewind, close };
};

/** Where the index ends. One that is ahead of its log is cleared before. */
const start = async (index: LogIndex, head: FollowOptions["head"]): Promise<number> => {
  const position = await index.position();
  // Asked for after the index's: the log only grows meanwhile.
  if (!head || (await head()) >= position) return position;
  await index.clear();
  return index.position();
};

/** One piece of work; says when the server behind it answers. */
type Work = (goesWell: () => void) => Promise<void>;

const shortestPause = 50;
const longestPause = 1000;

/** The work again and again; more and more slowly while a server is away. Throws any other error. */
const untilAborted = async (signal: AbortSignal, work: Work, pause: () => Promise<void>): Promise<void> => {
  let patience = shortestPause;
  const goesWell = () => void (patience = shortestPause);
  while (!signal.aborted)
    try {
      await work(goesWell);
      goesWell();
      await pause();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await rest(patience * (0.5 + Math.random()), signal);
      patience = Math.min(patience * 2, longestPause);
    }
};

const rest = (milliseconds: number, signal: AbortSignal): Promise<void> => sleep(milliseconds, undefined, { signal }).catch(() => undefined);
