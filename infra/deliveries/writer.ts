import { Unavailable } from "#domain/kernel/errors.ts";
import { bell, backoff, pause } from "#projections/kernel/pause.ts";
import type { Database } from "#projections/ports/sql.ts";
import { type Attempt, write, type Written } from "./store.ts";

/**
 * Writes what many endpoints did in few transactions. What was sent and is not written yet is sent again after a crash, under the same
 * `webhook-id`; so there is never much of it.
 */
export interface Writer extends AsyncDisposable {
  /** Resolves at once, or when there is room again. */
  readonly put: (written: Written | null, attempt: Attempt | null) => Promise<void>;
  /** Resolves when everything that was put is in the tables. */
  readonly flushed: () => Promise<void>;
}

/** How long what was done stays unwritten, and how many attempts may. */
const everyMs = 50;
const most = 500;

/** `fenced` is told of endpoints that are another's by now. */
export const openWriter = (database: Database, fenced: (endpoint: string, fence: number) => void): Writer => {
  const closing = new AbortController();
  const wanted = bell();
  const done = bell();
  let cursors = new Map<string, Written>();
  let attempts: Attempt[] = [];
  /** How many puts there were, and how many of them are in the tables. */
  const puts = { all: 0, stored: 0 };

  const flush = async () => {
    const [upTo, moving, logged] = [puts.all, [...cursors.values()], attempts];
    cursors = new Map();
    attempts = [];
    const again = backoff(new AbortController().signal);
    for (let tries = 0; ; tries++)
      try {
        const lost = new Set(await write(database, moving, logged));
        for (const { endpoint, fence } of moving) if (lost.has(endpoint)) fenced(endpoint, fence);
        break;
      } catch (error) {
        // A stop does not wait for ever: what is lost with it is sent again.
        if (!(error instanceof Unavailable) || (closing.signal.aborted && tries > 2)) throw error;
        await again.wait();
      }
    puts.stored = upTo;
    done.ring();
  };

  const loop = (async () => {
    while (!closing.signal.aborted || puts.all > puts.stored) {
      const rung = wanted.signal();
      if (puts.all === puts.stored) await pause(1000, AbortSignal.any([closing.signal, rung]));
      if (puts.all === puts.stored) continue;
      if (attempts.length < most) await pause(everyMs, closing.signal);
      await flush();
    }
  })();
  loop.catch(() => done.ring());

  const until = async (holds: () => boolean) => {
    while (!holds()) {
      const rung = done.signal();
      if (holds()) return;
      await Promise.race([pause(60_000, rung), loop]);
    }
  };

  return {
    put: async (written, attempt) => {
      puts.all++;
      if (written) cursors.set(written.endpoint, written);
      if (attempt) attempts.push(attempt);
      if (puts.all === puts.stored + 1) wanted.ring();
      if (attempts.length >= 4 * most) await until(() => attempts.length < 4 * most);
    },
    flushed: () => {
      const upTo = puts.all;
      return until(() => puts.stored >= upTo);
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await loop;
    },
  };
};
