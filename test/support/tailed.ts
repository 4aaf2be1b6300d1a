import assert from "node:assert/strict";
import type { EventLog } from "#commands/ports/event-log.ts";
import { keepUp } from "#infra/redis/keep-up.ts";
import type { Redis } from "#infra/redis/redis.ts";
import { type TailBounds, tailOf } from "#infra/redis/tail/tail.ts";
import { tailedLog } from "#infra/redis/tail/tailed-log.ts";
import { wakeOf } from "#infra/redis/tail/wake.ts";

/** The log as an API process sees it, whose subscriptions read the tail in Redis; with so many processes that fill the tail. */
export const openTailed = async (log: EventLog, redis: Redis, { fillers = 1, bounds }: { readonly fillers?: number; readonly bounds?: TailBounds } = {}) => {
  const opened = new AsyncDisposableStack();
  const tail = tailOf(redis, log, bounds);
  for (let count = 0; count < fillers; count++) opened.use(keepUp(log, tailOf(redis, log, bounds), assert.ifError));
  const wake = opened.use(await wakeOf(redis, tail, log));
  return { log: tailedLog(log, { tail, wake }), tail, [Symbol.asyncDispose]: () => opened.disposeAsync() };
};
