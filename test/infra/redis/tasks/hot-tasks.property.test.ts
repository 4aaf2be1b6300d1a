import assert from "node:assert/strict";
import * as fc from "fast-check";
import { taskCodec, type TaskEvent, taskStream } from "#domain/tasks/events.ts";
import { type HotTasks, hotTasksOf } from "#infra/redis/tasks/hot-tasks.ts";
import type { Redis } from "#infra/redis/redis.ts";
import { taskAfter } from "#projections/tasks/history.ts";
import { taskById, type TaskRow } from "#projections/tasks/queries.ts";
import { tasks } from "#projections/tasks/tasks.ts";
import { applied } from "#test/support/applied.ts";
import { openDatabase } from "#test/support/projecting.ts";
import { anyRedis, type FreshRedis, freshRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";
import { type ScriptedLog, scriptedLog } from "#test/support/scripted-log.ts";
import { someTasks, taskId } from "#test/support/task-histories.ts";

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ fill: fc.nat(1), limit: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.nat(1), back: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.record({ lose: fc.constantFrom("everything", "state", "a row") }) },
);

type Step = { fill: number; limit: number } | { restart: number; back: number } | { lose: string };

interface World {
  readonly log: ScriptedLog;
  readonly hot: HotTasks;
  readonly redis: Redis;
  readonly fresh: FreshRedis;
  /** Where each of those who follow stands. */
  readonly places: number[];
}

const carryOut = async ({ log, hot, redis, fresh, places }: World, taken: Step): Promise<void> => {
  if ("fill" in taken) {
    const after = places[taken.fill] ?? 0;
    const page = await log.readAll({ after, limit: taken.limit });
    await hot.extend(after, page);
    places[taken.fill] = page.position;
  } else if ("restart" in taken) places[taken.restart] = Math.max(0, (places[taken.restart] ?? 0) - taken.back);
  else if (taken.lose === "everything") await fresh.flush();
  else
    await redis.run(async (client) => {
      const name = (await client.keys(`${fresh.prefix}:*`)).find((name) => name.includes(":tasks:") === (taken.lose === "state"));
      if (name !== undefined) await client.del(name);
    });
};

/** A log with these events. */
const logOf = (events: readonly TaskEvent[]): ScriptedLog => {
  const log = scriptedLog();
  log.write(...events.map((event) => ({ ...taskCodec.encode(event), stream: taskStream(event.task) })));
  return log;
};

const numbers = Array.from({ length: 6 }, (_, number) => number);

/** The task as the log has it up to a position. */
const rowAt = (log: ScriptedLog, number: number, position: number): TaskRow | null =>
  log.events
    .filter((event) => event.stream === taskStream(taskId(number)) && event.position <= position)
    .reduce<TaskRow | null>((row, event) => taskAfter(row, taskCodec.decode(event)), null);

const allAgree = async (log: ScriptedLog, hot: HotTasks): Promise<void> => {
  for (const number of numbers) {
    const found = await hot.find(taskId(number));
    if (found) assert.deepEqual(found.row, rowAt(log, number, found.position));
  }
};

whenThere("redis", anyRedis, () =>
  describe("Tasks in Redis", () => {
    it("are as the log has them at their position or not there, whoever follows, and whatever Redis loses", async () => {
      await using fresh = await freshRedis();
      const redis = fresh.open();
      await fc.assert(
        fc.asyncProperty(someTasks, fc.array(step, { maxLength: 25 }), async (events, steps) => {
          const log = logOf(events);
          const world: World = { log, hot: hotTasksOf(redis, log), redis, fresh, places: [0, 0] };
          for (const taken of steps) {
            await carryOut(world, taken);
            await allAgree(log, world.hot);
          }
          await fresh.flush();
        }),
        { numRuns: 100 },
      );
    });

    it("are what PostgreSQL says", async () => {
      await using fresh = await freshRedis();
      await using opened = await openDatabase();
      const redis = fresh.open();
      await fc.assert(
        fc.asyncProperty(someTasks, async (events) => {
          const log = logOf(events);
          const hot = hotTasksOf(redis, log);
          await hot.extend(0, await log.readAll({ after: 0, limit: 1000 }));
          await applied(opened.database, tasks, [log.events]);
          for (const number of numbers) {
            const found = await hot.find(taskId(number));
            assert.deepEqual(found?.row ?? null, await taskById(opened.database, taskId(number)));
            assert.equal(found?.position ?? log.events.length, log.events.length);
          }
        }),
        { numRuns: 15 },
      );
    });
  }),
);
