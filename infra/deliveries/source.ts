import { matcherOf, type Filter, typesOf } from "#domain/deliveries/filter.ts";
import { wireTypes } from "#domain/deliveries/wire-types.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { bell, pause } from "#projections/kernel/pause.ts";

/** A stretch of the log for one endpoint: what is wanted of it, and how far was looked. */
export interface Stretch {
  readonly events: readonly StoredEvent[];
  readonly position: number;
}

/** The log for any number of endpoints: whoever has caught up reads the end of it from memory, and waits for more together with all others. */
export interface Source extends AsyncDisposable {
  /** What is behind a position; waits where there is nothing yet. Throws `Unavailable`. */
  readonly behind: (after: number, filter: Filter, signal: AbortSignal) => Promise<Stretch>;
  /** The event at a position; null where there is none. */
  readonly at: (position: number) => Promise<StoredEvent | null>;
}

const keptEvents = 5000;
const keptCharacters = 32_000_000;
const pageEvents = 250;
/** Who waits looks up from time to time, so that its position does not lag far behind over events that it does not want. */
const waitMs = 2000;

export const openSource = async (log: Pick<EventLog, "head" | "readAll" | "subscribe">): Promise<Source> => {
  const closing = new AbortController();
  const grown = bell();
  const head = await log.head();
  const tail = { from: head, to: head, events: [] as StoredEvent[], sizes: [] as number[], characters: 0 };

  const take = (event: StoredEvent) => {
    const size = JSON.stringify(event.data).length + 500;
    tail.events.push(event);
    tail.sizes.push(size);
    tail.characters += size;
  };
  const trim = () => {
    let over = 0;
    while (tail.events.length - over > keptEvents || (tail.characters > keptCharacters && over < tail.events.length)) tail.characters -= tail.sizes[over++] ?? 0;
    if (over === 0) return;
    tail.from = tail.events[over - 1]?.position ?? tail.from;
    tail.events.splice(0, over);
    tail.sizes.splice(0, over);
  };
  const following = (async () => {
    for await (const page of log.subscribe({ after: head, signal: closing.signal })) {
      page.events.forEach(take);
      tail.to = Math.max(tail.to, page.position);
      trim();
      grown.ring();
    }
  })();

  const remembered = (after: number, isWanted: (event: StoredEvent) => boolean): Stretch => {
    const events: StoredEvent[] = [];
    for (let index = firstBehind(tail.events, after); index < tail.events.length; index++) {
      const event = tail.events[index];
      if (event && isWanted(event)) events.push(event);
      if (event && events.length === pageEvents) return { events, position: event.position };
    }
    return { events, position: tail.to };
  };

  return {
    behind: async (after, filter, signal) => {
      const rung = grown.signal();
      if (after >= tail.to) await pause(waitMs, AbortSignal.any([signal, closing.signal, rung]));
      if (after >= tail.to) return { events: [], position: after };
      // Asked behind the wait: so much may have come that its beginning is not kept any more.
      if (after >= tail.from) return remembered(after, matcherOf(filter));
      const page = await log.readAll({ after, limit: pageEvents, types: typesOf(filter, wireTypes) });
      return { events: page.events.filter(matcherOf(filter)), position: page.position };
    },
    at: async (position) => {
      const { events } = await log.readAll({ after: position - 1, limit: 1 });
      return events.find((event) => event.position === position) ?? null;
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await following;
    },
  };
};

const firstBehind = (events: readonly StoredEvent[], after: number): number => {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.position ?? 0) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
};
