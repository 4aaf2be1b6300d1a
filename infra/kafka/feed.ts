import type { IndexedPage } from "#infra/log/index/log-index.ts";
import type { Recent } from "./recent.ts";
import { type LoggedEvent, loggedEvent } from "./record.ts";
import type { TopicLog } from "./topic-log.ts";

const bytes = 1_000_000;
const longPoll = 2000;

/**
 * The log behind a position, past and live. A page ends where an append ends, also where a fetch does not: nobody is to see a part of
 * one. Its position is that of the last offset that was looked at, an event's or not: comparable with the end of the log.
 */
export const feedOf = (log: TopicLog, recent: Recent) =>
  async function* feed(after: number, signal: AbortSignal): AsyncGenerator<IndexedPage, undefined> {
    let [from, offset] = [after, after];
    let begun: readonly LoggedEvent[] = [];
    recent.take(after, [], after);
    while (!signal.aborted) {
      const fetched = await unlessAborted(log.fetchFrom(offset, { maxBytes: bytes, maxWaitMs: longPoll }), signal);
      if (!fetched) return;
      offset = fetched.nextOffset;
      const events = [...begun, ...fetched.records.map(loggedEvent)];
      const whole = events.findLastIndex(({ last }) => last) + 1;
      begun = events.slice(whole);
      const page = events.slice(0, whole);
      const position = begun.length > 0 ? (page.at(-1)?.position ?? from) : offset;
      if (position === from) continue;
      recent.take(from, page, position);
      yield { events: page, position };
      from = position;
    }
  };

const unlessAborted = <Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer | undefined> =>
  new Promise((resolve, reject) => {
    const abort = () => resolve(undefined);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
