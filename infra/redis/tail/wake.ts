import type { EventLog } from "#commands/ports/event-log.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
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

interface Watching {
  readonly ring: () => void;
  readonly signal: AbortSignal;
}

/** One reader for all who wait in this process, for as long as Redis is away. */
const watch = async (redis: Redis, log: EventLog, { ring, signal }: Watching): Promise<void> => {
  while (!signal.aborted) {
    await pause(lookMs, signal);
    if (signal.aborted || redis.away() === null) continue;
    const back = new AbortController();
    const both = AbortSignal.any([signal, back.signal]);
    const waiting = untilBack(redis, both).finally(() => back.abort());
    await ringWithLog(log, { ring, signal: both }).finally(() => back.abort());
    await waiting;
  }
};

const ringWithLog = async (log: EventLog, { ring, signal }: Watching): Promise<void> => {
  ring();
  try {
    for await (const _ of log.subscribe({ after: await log.head(), signal })) ring();
  } catch (error) {
    // Those who wait for the log meet the same when they read it.
    if (!(error instanceof Unavailable)) ring();
  }
};

const untilBack = async (redis: Redis, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && redis.away() !== null) await pause(lookMs, signal);
};
