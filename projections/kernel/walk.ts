import type { EventLog, Page, Subscribe } from "#commands/ports/event-log.ts";
import { within } from "./pause.ts";
import { type ReadAhead, readAhead } from "./read-ahead.ts";

/** One way through the log, from a stored position on. */
export interface Walk {
  readonly log: EventLog;
  readonly from: Omit<Subscribe, "signal">;
  /** Asked before anything is done about a page; false ends the walk in front of it. */
  readonly may?: (page: Page) => Promise<boolean>;
  /** Works on the events of a page and stores its position. `readOn`: the rest is waiting for others, the next page may be read. */
  readonly work: (page: Page, stored: number, readOn: () => void) => Promise<void>;
  /** Stores the position of pages in which there was nothing to work on. */
  readonly store: (from: number, to: number) => Promise<void>;
  /** Everything up to here is done; true ends the walk. */
  readonly moved: (page: Page) => boolean;
}

/** How often pages without events of ours move the stored position, at most. */
const emptyMovesMs = 200;

/** Walks until the signal aborts or `moved` answers true. */
export const walk = async (way: Walk, signal: AbortSignal): Promise<void> => {
  const over = new AbortController();
  const pages = readAhead(way.log.subscribe({ ...way.from, signal: AbortSignal.any([signal, over.signal]) }));
  try {
    await steps(way, pages);
  } finally {
    over.abort();
    await pages.close().catch(() => undefined);
  }
};

const steps = async ({ from, may, work, store, moved }: Walk, pages: ReadAhead<Page>): Promise<void> => {
  let seen = from.after;
  let stored = { position: from.after, at: 0 };
  const storeSeen = async () => {
    if (seen > stored.position) await store(stored.position, seen);
    stored = { position: seen, at: Date.now() };
  };
  for (let ended = false; !ended; ) {
    const page = await nextWithin(seen > stored.position ? stored.at + emptyMovesMs - Date.now() : null, pages);
    if (page === "later") {
      await storeSeen();
      continue;
    }
    if (!page || (await may?.(page)) === false) break;
    if (page.events.length > 0) {
      await work(page, stored.position, pages.start);
      stored = { position: page.position, at: Date.now() };
    }
    seen = page.position;
    pages.taken();
    ended = moved(page);
  }
  await storeSeen();
};

/** The next page, undefined at the end, `later` where it does not come in time. */
const nextWithin = async (milliseconds: number | null, pages: ReadAhead<Page>): Promise<Page | undefined | "later"> => {
  if (milliseconds === null) return pages.next();
  const next = pages.next().then((page) => ({ page }));
  const answer = await within(Math.max(0, milliseconds), next);
  return answer ? answer.page : "later";
};
