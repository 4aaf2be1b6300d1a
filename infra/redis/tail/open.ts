import type { EventLog } from "#commands/ports/event-log.ts";
import type { Redis } from "#infra/redis/redis.ts";
import { tailOf } from "./tail.ts";
import { tailedLog } from "./tailed-log.ts";
import { wakeOf } from "./wake.ts";

/** The log as those see it who serve subscribers. */
export interface Followed extends Partial<AsyncDisposable> {
  readonly log: EventLog;
}

/** Closing it leaves the log itself open. */
export const openTailedLog = async (log: EventLog, redis: Redis): Promise<Followed> => {
  const tail = tailOf(redis, log);
  const wake = await wakeOf(redis, tail, log);
  return { log: tailedLog(log, { tail, wake }), [Symbol.asyncDispose]: async () => wake[Symbol.asyncDispose]() };
};
