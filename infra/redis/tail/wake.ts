import type { EventLog } from "#commands/ports/event-log.ts";
import { type Bell, bell } from "#infra/log/bell.ts";
import type { Redis } from "#infra/redis/redis.ts";
import { pause } from "#projections/kernel/pause.ts";
import type { Tail } from "./tail.ts";

const lookMs = 100;

/** Rung when the log has grown: by Redis, and while that is away by the log itself. */
export const wakeOf = async (redis: Redis, tail: Tail, log: EventLog): Promise<Bell & AsyncDisposable> => {
  const rung = bell();
  const closing = new AbortController();
  const listening = await redis.listen(tail.channel, rung.ring, rung.ring);
  const watching = watch(redis, log, { ring: rung.ring, signal: closing.signal });
  return {
    ...rung,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await listening[Symbol.asyncDispose]();
      await watching;
    },
  };
};

/** One reader for all who wait in this process, for as long as Redis is away. */
const watch = async (redis: Redis, log: EventLog, { ring, signal }: { readonly ring: () => void; readonly signal: AbortSignal }): Promise<void> => {
  while (!signal.aborted) {
    await pause(lookMs, signal);
    if (signal.aborted || redis.away() === null) continue;
    ring();
    const over = new AbortController();
    const both = AbortSignal.any([signal, over.signal]);
    void untilBack(redis, signal).then(() => over.abort());
    for await (const _ of log.subscribe({ after: await log.head().catch(() => 0), signal: both })) ring();
  }
};

const untilBack = async (redis: Redis, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && redis.away() !== null) await pause(lookMs, signal);
};
