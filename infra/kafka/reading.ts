import type { StoredEvent } from "#domain/kernel/event.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { EventLog, Page, ReadAll, Receipt } from "#commands/ports/event-log.ts";
import { pageCharacters } from "#infra/log/event-log.ts";
import { groups } from "#infra/log/groups.ts";
import type { Tail } from "#infra/log/index/tail.ts";
import type { Recent } from "./recent.ts";
import { type LoggedEvent, loggedEvent, positionOf, storedEvent } from "./record.ts";
import type { TopicLog } from "./topic-log.ts";

export interface Reading {
  readonly log: TopicLog;
  readonly tail: Tail;
  readonly recent: Recent;
  /** Position of the last event before this process followed the log. */
  readonly lastBefore: number;
}

/**
 * The questions to the log. Each first asks where the log ends, and answers with everything before that: what any node has
 * acknowledged is seen by all.
 */
export const reader = ({ log, tail, recent, lastBefore }: Reading): Pick<EventLog, "readAll" | "read" | "receipt" | "head"> => {
  /** Resolves when what is followed here has come to the log's end. The tail alone may be ahead: it learns from the index, too. */
  const upToDate = async () => {
    const end = await log.stableEnd();
    const deadline = performance.now() + 5000;
    const { signal } = new AbortController();
    for (let left = 5000; recent.position() < end; left = deadline - performance.now()) {
      if (left <= 0) throw new Unavailable("log", { cause: new Error(`not read up to ${end} yet`) });
      await tail.bell.next(tail.bell.rings(), left, signal);
    }
  };
  const head = async () => {
    await upToDate();
    return recent.last()?.position ?? lastBefore;
  };
  const readAll: EventLog["readAll"] = async (options) => {
    if (recent.covers(options.after)) {
      await upToDate();
      // Events may have been dropped meanwhile.
      if (recent.covers(options.after)) return pageOf(options, recent.behind(options.after));
    }
    return fetchPage(log, options);
  };
  const receipts = groups<string, Receipt | null>(async (commandIds) => {
    const { receipts } = await tail.known({ commandIds, streams: [] }, await log.stableEnd());
    return commandIds.map((commandId) => receipts.get(commandId) ?? null);
  }, { weigh: () => 1, most: 1000 });

  const read: EventLog["read"] = async (stream, { after = -1, limit = 2 ** 31 - 1 } = {}) => {
    const places = await tail.places(stream, { after, limit }, await log.stableEnd());
    const events = await fetchAt(log, recent, places.map(({ position }) => position));
    for (const [index, event] of events.entries())
      if (event.stream !== stream || event.revision !== places[index]?.revision)
        throw new Error(`the index is not this log's: it has ${stream}/${places[index]?.revision} where ${event.stream}/${event.revision} is`);
    return events.map(storedEvent);
  };
  return { head, readAll, read, receipt: (commandId) => receipts(commandId) };
};

/** What may be on one page, taken from events in order that are there anyway. */
const pageOf = ({ after, limit, types }: ReadAll, source: Iterable<LoggedEvent>): Page => {
  const page = pageFrom(after, { limit, types });
  for (const event of source) if (!page.add(event)) return page.ended(false);
  return page.ended(true);
};

const fetchPage = async (log: TopicLog, { after, limit, types }: ReadAll): Promise<Page> => {
  const page = pageFrom(after, { limit, types });
  const maxBytes = Math.min(1_000_000, 50_000 + limit * 500);
  for (let offset = after; ; ) {
    const { records, nextOffset, lastStableOffset } = await log.fetchFrom(offset, { maxBytes });
    for (const record of records) if (!page.add(loggedEvent(record))) return page.ended(false);
    offset = nextOffset;
    if (offset >= lastStableOffset) return page.ended(true);
  }
};

const pageFrom = (after: number, { limit, types }: Pick<ReadAll, "limit" | "types">) => {
  const events: StoredEvent[] = [];
  let [position, looked, characters] = [after, 0, 0];
  /** False where the page was full before. */
  const add = (event: LoggedEvent): boolean => {
    if (looked === limit || characters >= pageCharacters) return false;
    looked++;
    ({ position } = event);
    if (types && !types.includes(event.type)) return true;
    characters += event.json.length;
    events.push(storedEvent(event));
    return true;
  };
  return { add, ended: (caughtUp: boolean): Page => ({ events, position, caughtUp }) };
};

/** A fetch brings what lies near, too: no more of it than is of use. */
const near = 300;

const fetchAt = async (log: TopicLog, recent: Recent, positions: readonly number[]): Promise<LoggedEvent[]> => {
  const found: LoggedEvent[] = [];
  for (let next = 0; next < positions.length; ) {
    const position = positions[next] ?? 0;
    const remembered = recent.at(position);
    if (remembered) {
      found.push(remembered);
      next++;
      continue;
    }
    const together = positions.findIndex((other, index) => index >= next && other > position + (index - next + 1) * near);
    const maxBytes = Math.min(1_000_000, 20_000 + ((together < 0 ? positions.length : together) - next) * 10_000);
    const { records, nextOffset } = await log.fetchFrom(position - 1, { maxBytes });
    const at = new Map(records.map((record) => [positionOf(record.offset), record]));
    for (let wanted = positions[next]; wanted !== undefined && wanted <= nextOffset; wanted = positions[++next]) {
      const record = at.get(wanted);
      if (!record) throw new Error(`no event at position ${wanted}`);
      found.push(loggedEvent(record));
    }
  }
  return found;
};

/** The last event before an offset, looked for backwards. */
export const lastEventBefore = async (log: TopicLog, end: number): Promise<LoggedEvent | undefined> => {
  for (let width = 16; ; width *= 8) {
    const from = Math.max(0, end - width);
    let last: LoggedEvent | undefined;
    for (let offset = from; offset < end; ) {
      const { records, nextOffset } = await log.fetchFrom(offset, { maxBytes: 1_000_000 });
      const newest = records.at(-1);
      if (newest) last = loggedEvent(newest);
      if (nextOffset === offset) break;
      offset = nextOffset;
    }
    if (last || from === 0) return last;
  }
};
