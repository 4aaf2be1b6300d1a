import type { EventLog, Page } from "#commands/ports/event-log.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { backoff, pause } from "#projections/kernel/pause.ts";

/** Something in Redis that is made of the log, as of a position. Its methods throw `Unavailable`. */
export interface HotCopy {
  /** Wire types it wants; all where absent. */
  readonly types?: readonly string[] | undefined;
  /** How far it is; null where there is none. */
  readonly end: () => Promise<number | null>;
  /** Takes in a page that was read from the log behind `after`; any number of processes may do so at once. */
  readonly extend: (after: number, page: Pick<Page, "events" | "position">) => Promise<void>;
}

/** A copy that is further behind than this is begun anew at the log's end: who reads that far back reads the log. */
const worthPositions = 10_000;
const pageLimit = 500;
const defectMs = 5000;

/** Follows the log and keeps a copy up with it, until disposed of. Waits while the log or Redis is away; `failed` hears of defects. */
export const keepUp = (log: EventLog, copy: HotCopy, failed: (error: unknown) => void): AsyncDisposable => {
  const closing = new AbortController();
  const following = follow({ log, copy, failed }, closing.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await following;
    },
  };
};

interface Following {
  readonly log: EventLog;
  readonly copy: HotCopy;
  readonly failed: (error: unknown) => void;
}

const follow = async ({ log, copy, failed }: Following, signal: AbortSignal): Promise<void> => {
  const again = backoff(signal);
  while (!signal.aborted)
    try {
      let position = await begin(log, copy);
      for await (const page of log.subscribe({ after: position, types: copy.types, limit: pageLimit, signal })) {
        await copy.extend(position, page);
        position = page.position;
        again.reset();
      }
    } catch (error) {
      if (error instanceof Unavailable) await again.wait();
      else {
        failed(error);
        await pause(defectMs, signal);
      }
    }
};

const begin = async (log: EventLog, copy: HotCopy): Promise<number> => {
  const [head, end] = await Promise.all([log.head(), copy.end()]);
  if (end !== null && end <= head && head - end <= worthPositions) return end;
  await copy.extend(head, { events: [], position: head });
  return head;
};
