import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { openRedis } from "#infra/redis/redis.ts";
import { append, everything, upTo } from "#test/conformance/event-log/harness.ts";
import { eventually } from "#test/support/projecting.ts";
import { redisProgram, startRedis, type TestRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";
import { openTailed } from "#test/support/tailed.ts";

/** A subscriber that hangs up again and again, and goes on with the position of the last event it has seen. */
const follow = (log: EventLog, signal: AbortSignal) => {
  const seen: StoredEvent[] = [];
  const following = (async () => {
    while (!signal.aborted) {
      const connection = new AbortController();
      const both = AbortSignal.any([signal, connection.signal]);
      let events = 0;
      for await (const page of log.subscribe({ after: seen.at(-1)?.position ?? 0, limit: 3, signal: both })) {
        seen.push(...page.events);
        events += page.events.length;
        if (events > 7) break;
      }
    }
  })();
  return { seen, following };
};

/** Three processes that fill, two that read; Redis in trouble while the log grows. */
const survives = (trouble: (server: TestRedis) => Promise<void>) => async () => {
  await using server = await startRedis();
  await using log = memoryLog();
  await using stack = new AsyncDisposableStack();
  const redis = () => stack.use(openRedis({ url: server.url, prefix: "test" }));
  const ends = new AbortController();
  const first = stack.use(await openTailed(log, redis(), { fillers: 2 }));
  const second = stack.use(await openTailed(log, redis(), { fillers: 1, bounds: { events: 10, bytes: 1e6 } }));
  const followers = [first, second, first, second].map((process) => follow(process.log, ends.signal));
  const writing = (async () => {
    for (const index of upTo(150)) {
      await append(log, `test.clock-${index % 4}`, 1 + (index % 3));
      if (index % 5 === 0) await sleep(20);
    }
  })();
  await trouble(server);
  await writing;
  const whole = await everything(log);
  await eventually(async () => followers.map(({ seen }) => seen.length), (counts) => counts.every((count) => count >= whole.length));
  ends.abort();
  for (const { seen, following } of followers) {
    await following;
    assert.deepEqual(seen, whole);
  }
};

whenThere("redis", redisProgram, () =>
  describe("Subscribers through the tail see the whole log, each event once and in order,", () => {
    it("while Redis is there", survives(async () => undefined));

    it("when Redis is killed and comes back empty", survives(async (server) => {
      for (const _ of upTo(3)) {
        await sleep(100);
        await server.kill();
        await sleep(50);
        await server.start();
      }
    }));

    it("when Redis is killed for good", survives(async (server) => {
      await sleep(150);
      await server.kill();
    }));

    it("when Redis says nothing for a while", survives(async (server) => {
      await sleep(100);
      server.pause();
      await sleep(1500);
      server.resume();
    }));

    it("when Redis forgets everything", survives(async (server) => {
      await using redis = openRedis({ url: server.url, prefix: "test" });
      for (const _ of upTo(5)) {
        await sleep(60);
        await redis.run((client) => client.flushAll());
      }
    }));
  }),
);
