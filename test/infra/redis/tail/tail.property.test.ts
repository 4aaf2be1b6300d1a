import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { EventLog } from "#commands/ports/event-log.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import type { Redis } from "#infra/redis/redis.ts";
import { type Tail, tailOf } from "#infra/redis/tail/tail.ts";
import { append, everything } from "#test/conformance/event-log/harness.ts";
import { anyRedis, type FreshRedis, freshRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";

/** One thing that happens to a log, to those who fill its tail, or to Redis. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 6, arbitrary: fc.record({ fill: fc.nat(2), limit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.nat(2), back: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.record({ lose: fc.constantFrom("everything", "state", "events") }) },
  { weight: 6, arbitrary: fc.record({ read: fc.nat(60), limit: fc.integer({ min: 1, max: 8 }) }) },
);
type Step = { append: number } | { fill: number; limit: number } | { restart: number; back: number } | { lose: string } | { read: number; limit: number };

/** Everything a step can touch. */
interface World {
  readonly log: EventLog;
  readonly tail: Tail;
  readonly redis: Redis;
  readonly fresh: FreshRedis;
  /** Where each of those who fill stands. */
  readonly fillers: number[];
}

const bounds = { events: 12, bytes: 100_000 };

const lose = async ({ fresh, redis, log }: World, what: string) => {
  const [first] = await everything(log);
  if (what === "everything") return fresh.flush();
  await redis.run((client) => client.del(redis.key("tail", first?.id ?? "", what)));
};

/** Whatever the tail answers is what the log has. */
const agrees = async ({ log, tail }: World, after: number, limit: number) => {
  const found = await tail.read(after, limit);
  if (!found) return;
  const whole = await everything(log);
  assert.ok(found.position >= after && found.position <= (await log.head()));
  assert.ok(found.events.length <= limit);
  assert.deepEqual(found.events, whole.filter(({ position }) => position > after && position <= found.position));
};

const carryOut = async (world: World, taken: Step): Promise<void> => {
  const { log, tail, fillers } = world;
  if ("append" in taken) await append(log, `test.clock-${taken.append}`, taken.append);
  else if ("fill" in taken) {
    const after = fillers[taken.fill] ?? 0;
    const page = await log.readAll({ after, limit: taken.limit });
    await tail.extend(after, page);
    fillers[taken.fill] = page.position;
  } else if ("restart" in taken) fillers[taken.restart] = Math.max(0, (fillers[taken.restart] ?? 0) - taken.back);
  else if ("lose" in taken) await lose(world, taken.lose);
  else await agrees(world, taken.read, taken.limit);
};

whenThere("redis", anyRedis, () =>
  describe("The tail of the log in Redis", () => {
    it("never shows anything but the log, whoever fills it, and whatever Redis loses", async () => {
      await using fresh = await freshRedis();
      const redis = fresh.open();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          await using log = memoryLog();
          const world: World = { log, tail: tailOf(redis, log, bounds), redis, fresh, fillers: [0, 0, 0] };
          for (const taken of steps) await carryOut(world, taken);
          for (let after = 0; after <= (await log.head()); after++) await agrees(world, after, 100);
        }),
        { numRuns: 150 },
      );
    });

    it("keeps the newest, within its bounds in events and in bytes", async () => {
      await using fresh = await freshRedis();
      const redis = fresh.open();
      await using log = memoryLog();
      await append(log, "test.clock-1", 100);
      const whole = await everything(log);
      const size = JSON.stringify(whole[50]).length;
      for (const [most, kept] of [[{ events: 30, bytes: 1e9 }, 30], [{ events: 1e9, bytes: 20.5 * size }, 20]] as const) {
        const tail = tailOf(redis, log, most);
        await fresh.flush();
        for (let after = 0; after < 100; after += 10) await tail.extend(after, await log.readAll({ after, limit: 10 }));
        assert.equal(await tail.read(100 - kept - 1, 100), null);
        assert.deepEqual(await tail.read(100 - kept, 100), { events: whole.slice(-kept), position: 100, atEnd: true });
      }
    });

    it("has nothing of a log that was replaced by another, or by an older copy of itself", async () => {
      await using fresh = await freshRedis();
      const redis = fresh.open();
      await using log = memoryLog();
      await append(log, "test.clock-1", 10);
      await tailOf(redis, log).extend(0, await log.readAll({ after: 0, limit: 100 }));
      assert.equal((await tailOf(redis, log).read(4, 100))?.events.length, 6);
      await using other = memoryLog();
      await append(other, "test.clock-1", 10);
      assert.equal(await tailOf(redis, other).read(4, 100), null);
      const older: EventLog = { ...log, readAll: ({ after, limit }) => log.readAll({ after, limit: Math.max(0, Math.min(limit, 7 - after)) }) };
      assert.equal(await tailOf(redis, older).read(4, 100), null);
    });
  }),
);
