import type { EventLog } from "#commands/ports/event-log.ts";
import { keepUp } from "./keep-up.ts";
import type { Redis } from "./redis.ts";
import { tailOf } from "./tail/tail.ts";
import { hotTasksOf } from "./tasks/hot-tasks.ts";

/** Keeps what Redis has of the log up with it, until disposed of; any number of processes may do so at once. */
export const deliver = (log: EventLog, redis: Redis, failed: (error: unknown) => void): AsyncDisposable => {
  const following = [tailOf(redis, log), hotTasksOf(redis, log)].map((copy) => keepUp(log, copy, failed));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(following.map((one) => one[Symbol.asyncDispose]()));
    },
  };
};
