import type { EventLog, Page, ReadAll } from "#commands/ports/event-log.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Bell } from "#infra/log/bell.ts";
import { subscription } from "#infra/log/subscription.ts";
import type { Tail, TailPage } from "./tail.ts";
import { together } from "./together.ts";

export interface TailedOptions {
  readonly tail: Tail;
  readonly wake: Bell;
  /** Milliseconds after which the log itself is asked where nobody rang: all who fill the tail may be dead. */
  readonly poll?: number | undefined;
}

type Read = EventLog["readAll"];

/** What one moment of waiting and reading needs; a ring begins new reads, since one begun before it may not have what was rung for. */
interface Reads {
  readonly tail: (wanted: ReadAll) => Promise<TailPage | null>;
  readonly log: Read;
  readonly head: () => Promise<number>;
}

/**
 * The same log, whose subscriptions read what the tail has from there, and everything else from the log. All who wait at one position
 * in this process share one read. Whoever has caught up with the log once takes the tail's end for the log's from then on, until
 * nobody has rung for a while.
 */
export const tailedLog = (log: EventLog, { tail, wake, poll = 1000 }: TailedOptions): EventLog => {
  const [ofTail, ofLog, ofHead] = [together<TailPage | null>(), together<Page>(), together<number>()];
  const reads: Reads = {
    tail: ({ after, limit }) => ofTail(`${wake.rings()} ${after} ${limit}`, () => tail.read(after, limit).catch(nullWhereAway)),
    log: ({ after, limit, types }) => ofLog(JSON.stringify([wake.rings(), after, limit, types]), () => log.readAll({ after, limit, types })),
    head: () => ofHead(`${wake.rings()}`, () => log.head()),
  };
  return {
    append: (stream, events, options) => log.append(stream, events, options),
    receipt: (commandId) => log.receipt(commandId),
    read: (stream, options) => log.read(stream, options),
    readAll: (options) => log.readAll(options),
    head: () => log.head(),
    subscribe: (options) => subscription({ readAll: reader(reads, wake), bell: wake, poll }, options),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
};

/** The reads of one subscription. */
const reader = (reads: Reads, wake: Bell): Read => {
  let live = false;
  /** How often it had rung when this subscription began to wait; null while it reads on. */
  let waitingAt: number | null = null;

  const page = async (wanted: ReadAll): Promise<Page> => {
    const isQuiet = waitingAt === wake.rings();
    const found = isQuiet ? null : await reads.tail(wanted);
    if (found && live) return { ...matching(found, wanted), caughtUp: found.atEnd };
    if (found && found.position > wanted.after) return completed(reads, wanted, found);
    return reads.log(wanted);
  };

  return async (wanted) => {
    const rings = wake.rings();
    const answer = await page(wanted);
    live ||= answer.caughtUp;
    waitingAt = answer.caughtUp ? rings : null;
    return answer;
  };
};

/** With what the log has behind the end of the tail, which may be a little late. */
const completed = async (reads: Reads, wanted: ReadAll, found: TailPage): Promise<Page> => {
  const page = matching(found, wanted);
  if (!found.atEnd) return { ...page, caughtUp: false };
  if ((await reads.head()) <= found.position) return { ...page, caughtUp: true };
  const room = wanted.limit - found.events.length;
  if (room <= 0) return { ...page, caughtUp: false };
  const rest = await reads.log({ ...wanted, after: found.position, limit: room });
  return { ...rest, events: [...page.events, ...rest.events] };
};

const matching = ({ events, position }: TailPage, { types }: ReadAll) => ({
  events: types ? events.filter(({ type }) => types.includes(type)) : events,
  position,
});

const nullWhereAway = (error: unknown): null => {
  if (error instanceof Unavailable) return null;
  throw error;
};
