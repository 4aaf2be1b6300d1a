import { z } from "zod";
import { parseJson } from "#api/json.ts";
import type { EventLog, Page } from "#commands/ports/event-log.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { pageCharacters } from "#infra/log/event-log.ts";
import type { HotCopy } from "#infra/redis/keep-up.ts";
import { logIdentity } from "#infra/redis/log-identity.ts";
import type { Redis } from "#infra/redis/redis.ts";
import { scriptBeside } from "#infra/redis/script.ts";

/** A stretch of the log as the tail has it. */
export interface TailPage extends Omit<Page, "caughtUp"> {
  /** There was nothing behind it in the tail. */
  readonly atEnd: boolean;
}

/** The end of the log in Redis, complete from one position to another, made of nothing but the log. */
export interface Tail extends HotCopy {
  /** Null where the tail does not have everything behind `after`. Throws `Unavailable`. */
  readonly read: (after: number, limit: number) => Promise<TailPage | null>;
  /** What is told to `Redis.listen` when it has grown. */
  readonly channel: string;
}

export interface TailBounds {
  readonly events: number;
  readonly bytes: number;
}

export const usualBounds: TailBounds = { events: 10_000, bytes: 32 * 1024 ** 2 };

const readScript = scriptBeside(import.meta.url, "read.lua");
const extendScript = scriptBeside(import.meta.url, "extend.lua");

/** A tail that nobody adds to any more goes away. */
const secondsToLive = 24 * 3600;

const Answer = z.array(z.string()).nullable();

export const tailOf = (redis: Redis, log: EventLog, bounds: TailBounds = usualBounds): Tail => {
  const channel = redis.key("tail", "grown");
  const keys = logIdentity(log, async (identity) => {
    const made = [redis.key("tail", identity, "state"), redis.key("tail", identity, "events")] as const;
    if (!(await isOf(log, redis, made))) await redis.run((client) => client.del([...made]));
    return made;
  });

  const read: Tail["read"] = async (after, limit) => {
    const names = await keys();
    if (!names) return null;
    const answer = Answer.parse(await redis.run((client) => readScript(client, names, [after, limit, pageCharacters])));
    if (!answer) return null;
    const [position = "", end, ...events] = answer;
    return { events: events.map(event), position: Number(position), atEnd: position === end };
  };

  const extend: Tail["extend"] = async (after, { events, position }) => {
    const names = await keys();
    if (!names) return;
    const pairs = events.flatMap((event) => [event.position, JSON.stringify(event)]);
    await redis.run((client) => extendScript(client, names, [channel, after, position, bounds.events, bounds.bytes, secondsToLive, ...pairs]));
  };

  const end: Tail["end"] = async () => {
    const names = await keys();
    const to = names && (await redis.run((client) => client.hGet(names[0], "to")));
    return to === null ? null : Number(to);
  };
  return { read, extend, end, channel };
};

/** What `extend` wrote comes back as it was. */
const event = (text: string): StoredEvent => parseJson(text) as unknown as StoredEvent;

const Entries = z.array(z.object({ id: z.string(), message: z.object({ event: z.string() }) }));

/** Whether the tail's last event is in the log: it is not, where the log was replaced by an older copy of itself. */
const isOf = async (log: EventLog, redis: Redis, [state, events]: readonly [string, string]): Promise<boolean> => {
  const [last, before] = Entries.parse(await redis.run((client) => client.xRevRange(events, "+", "-", { COUNT: 2 })));
  if (!last) return true;
  const from = before?.id.split("-")[0] ?? (await redis.run((client) => client.hGet(state, "from")));
  const page = await log.readAll({ after: Number(from), limit: 1 });
  return page.events[0]?.id === event(last.message.event).id;
};
