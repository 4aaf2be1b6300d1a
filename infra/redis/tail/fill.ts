import type { EventLog } from "#commands/ports/event-log.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { backoff } from "#projections/kernel/pause.ts";
import type { Tail } from "./tail.ts";

/** A tail that is further behind than this is begun anew at the log's end: who reads that far back reads the log. */
const worthMs = 10_000;
const pageLimit = 500;

/** Follows the log and keeps the tail up with it, until disposed of. Waits while the log or Redis is away. */
export const fillTail = (log: EventLog, tail: Tail): AsyncDisposable => {
  const closing = new AbortController();
  const filling = fill(log, tail, closing.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await filling;
    },
  };
};

const fill = async (log: EventLog, tail: Tail, signal: AbortSignal): Promise<void> => {
  const again = backoff(signal);
  while (!signal.aborted)
    try {
      let position = await begin(log, tail);
      for await (const page of log.subscribe({ after: position, limit: pageLimit, signal })) {
        await tail.extend(position, page);
        position = page.position;
        again.reset();
      }
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await again.wait();
    }
};

const begin = async (log: EventLog, tail: Tail): Promise<number> => {
  const [head, end] = await Promise.all([log.head(), tail.end()]);
  if (end !== null && end <= head && head - end <= worthMs) return end;
  await tail.extend(head, { events: [], position: head });
  return head;
};
