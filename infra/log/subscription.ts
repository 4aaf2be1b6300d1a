import { Unavailable } from "#domain/kernel/errors.ts";
import type { EventLog, Page, Subscribe } from "#commands/ports/event-log.ts";
import type { Bell } from "./bell.ts";

/** What a subscription needs of an engine. */
export interface Source {
  readonly readAll: EventLog["readAll"];
  /** Rung when the log may have grown; a ring that is lost costs `poll` milliseconds. */
  readonly bell: Bell;
  readonly poll: number;
}

/**
 * One cursor over `readAll`, woken by the bell: history and present have no seam between them. Ends when the signal aborts or the
 * consumer stops, also in the middle of waiting.
 */
export const subscription = (source: Source, options: Subscribe): AsyncIterable<Page> => ({
  [Symbol.asyncIterator]: () => {
    const stopped = new AbortController();
    const stop = () => stopped.abort();
    options.signal.addEventListener("abort", stop);
    if (options.signal.aborted) stop();
    const done = () => options.signal.removeEventListener("abort", stop);
    const pages = follow(source, { ...options, signal: stopped.signal }, done);
    return {
      next: () => pages.next(),
      // A generator that waits hears of `return` only afterwards: the abort wakes it.
      return: () => {
        stop();
        done();
        return pages.return(undefined);
      },
    };
  },
});

async function* follow(source: Source, { after, types, signal, limit = 1000 }: Subscribe, done: () => void): AsyncGenerator<Page, undefined> {
  try {
    let position = after;
    let said = false;
    while (!signal.aborted) {
      const heard = source.bell.rings();
      const page = await patiently(() => source.readAll({ after: position, limit, types }), source, signal);
      if (!page) return;
      const news = page.position > position || (page.caughtUp && !said);
      position = page.position;
      said = page.caughtUp;
      if (news) yield page;
      if (page.caughtUp) await source.bell.next(heard, source.poll, signal);
    }
  } finally {
    done();
  }
}

const shortestPause = 50;

/** Tries again while the store is away, more and more slowly; undefined once the signal has aborted. */
const patiently = async (read: () => Promise<Page>, { bell, poll }: Source, signal: AbortSignal): Promise<Page | undefined> => {
  for (let pause = shortestPause; !signal.aborted; pause = Math.min(pause * 2, poll))
    try {
      return await unlessAborted(read(), signal);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await bell.next(bell.rings(), pause * (0.5 + Math.random()), signal);
    }
  return undefined;
};

const unlessAborted = <Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer | undefined> =>
  new Promise((resolve, reject) => {
    const abort = () => resolve(undefined);
    signal.addEventListener("abort", abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
