import type { Receipt } from "#commands/ports/event-log.ts";
import type { Indexed, IndexedPage } from "./log-index.ts";

/**
 * The end of the log in memory: every event behind `base` up to `position`. What the index holds already may be dropped from it.
 */
export interface Overlay {
  readonly base: () => number;
  readonly position: () => number;
  readonly size: () => number;
  /** Takes in what lies directly behind `after`, as far as it is new; false where something between is not known yet. */
  readonly take: (after: number, page: IndexedPage) => boolean;
  /** The index holds everything up to `position`, and perhaps more than is known here. */
  readonly drop: (position: number) => void;
  /** Empty, as of `position`. */
  readonly restart: (position: number) => void;
  /** The oldest of it, about `limit` events; whole appends: an index that ends within one would answer with a part of its receipt. */
  readonly oldest: (limit: number) => IndexedPage;
  /** Events behind `position`, in order. */
  readonly ofCommand: (commandId: string, position: number) => readonly Indexed[];
  readonly ofStream: (stream: string, position: number) => readonly Indexed[];
}

export const overlayAt = (start: number): Overlay => {
  let [base, position] = [start, start];
  const events: Indexed[] = [];
  const streams = new Map<string, Indexed[]>();
  const commands = new Map<string, Indexed[]>();

  const take: Overlay["take"] = (after, page) => {
    if (after > position) return false;
    for (const event of page.events.slice(firstBehind(page.events, position))) {
      const slim = slimmed(event);
      events.push(slim);
      pushTo(streams, slim.stream, slim);
      pushTo(commands, slim.commandId, slim);
    }
    position = Math.max(position, page.position);
    return true;
  };
  const drop: Overlay["drop"] = (upTo) => {
    const dropped = events.splice(0, firstBehind(events, upTo));
    for (const stream of new Set(dropped.map(({ stream }) => stream))) dropFrom(streams, stream, upTo);
    for (const commandId of new Set(dropped.map(({ commandId }) => commandId))) dropFrom(commands, commandId, upTo);
    base = Math.max(base, upTo);
    position = Math.max(position, upTo);
  };
  const restart: Overlay["restart"] = (at) => {
    events.length = 0;
    streams.clear();
    commands.clear();
    base = position = at;
  };
  const oldest: Overlay["oldest"] = (limit) => {
    let end = limit;
    while (end < events.length && events[end]?.commandId === events[end - 1]?.commandId) end++;
    const page = events.slice(0, end);
    return { events: page, position: page.length < events.length ? (page.at(-1)?.position ?? base) : position };
  };
  return {
    base: () => base, position: () => position, size: () => events.length, take, drop, restart, oldest,
    ofCommand: (commandId, after) => behind(commands.get(commandId) ?? [], after),
    ofStream: (stream, after) => behind(streams.get(stream) ?? [], after),
  };
};

/** What becomes of a receipt by further events of its command. Only what follows at once in its stream is of the same append. */
export const receiptWith = (first: Receipt | undefined, events: readonly Indexed[]): Receipt | undefined => {
  const [start] = events;
  const stream = first?.stream ?? start?.stream;
  if (stream === undefined || !start) return first;
  let [position, revision] = [first?.position ?? start.position, first?.revision ?? start.revision - 1];
  const eventIds = [...(first?.eventIds ?? [])];
  for (const event of events)
    if (event.stream === stream && event.revision === revision + 1) {
      ({ position, revision } = event);
      eventIds.push(event.id);
    }
  return { position, stream, revision, eventIds, replayed: true };
};

/** Without the data: a follower would keep whole pages alive. */
const slimmed = ({ position, stream, revision, id, commandId }: Indexed): Indexed => ({ position, stream, revision, id, commandId });

const pushTo = (lists: Map<string, Indexed[]>, key: string, event: Indexed) => {
  const list = lists.get(key);
  if (list) list.push(event);
  else lists.set(key, [event]);
};

const dropFrom = (lists: Map<string, Indexed[]>, key: string, upTo: number) => {
  const left = behind(lists.get(key) ?? [], upTo);
  if (left.length > 0) lists.set(key, [...left]);
  else lists.delete(key);
};

const behind = (events: readonly Indexed[], position: number): readonly Indexed[] => events.slice(firstBehind(events, position));

/** Place of the first event behind `position`, by halves. */
const firstBehind = (events: readonly Indexed[], position: number): number => {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.position ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return low;
};
