import type { HotTasks } from "#api/application.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Redis } from "#infra/redis/redis.ts";
import { hotTasksOf } from "./hot-tasks.ts";

/** For readers, to whom a Redis that is away has no tasks. */
export const openHotTasks = (log: EventLog, redis: Redis): HotTasks => {
  const { find } = hotTasksOf(redis, log);
  return { find: (id) => find(id).catch(nullWhereAway) };
};

const nullWhereAway = (error: unknown): null => {
  if (error instanceof Unavailable) return null;
  throw error;
};
