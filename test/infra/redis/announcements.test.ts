import assert from "node:assert/strict";
import type { EventLog } from "#commands/ports/event-log.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { announcementsOn } from "#infra/redis/announcements.ts";
import type { Move } from "#projections/ports/announcements.ts";
import { append } from "#test/conformance/event-log/harness.ts";
import { eventually } from "#test/support/projecting.ts";
import { anyRedis, type FreshRedis, freshRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";

/** What one process hears of a log, and the way in which another tells it. */
const pair = async (fresh: FreshRedis, log: EventLog, others: EventLog = log) => {
  const heard: Move[] = [];
  const listening = await announcementsOn(fresh.open(), log).listen((move) => heard.push(move));
  const { tell } = announcementsOn(fresh.open(), others);
  return { heard, tell, [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose]() };
};

const move = (position: number): Move => ({ name: "tuf", generation: 1, position });

whenThere("redis", anyRedis, () =>
  describe("Announcements over Redis", () => {
    it("reach the other processes, the last of many for certain", async () => {
      await using fresh = await freshRedis();
      await using log = memoryLog();
      await append(log, "test.clock-1");
      await using test = await pair(fresh, log);
      await eventually(async () => (test.tell(move(1)), test.heard.length), (count) => count > 0);
      for (let position = 2; position <= 1000; position++) test.tell(move(position));
      await eventually(async () => test.heard.at(-1), (last) => last?.position === 1000);
      assert.ok(test.heard.length < 1000);
    });

    it("of another log are not heard", async () => {
      await using fresh = await freshRedis();
      await using log = memoryLog();
      await using other = memoryLog();
      for (const one of [log, other]) await append(one, "test.clock-1");
      await using strange = await pair(fresh, log, other);
      await using ours = await pair(fresh, log);
      await eventually(async () => (strange.tell(move(7)), ours.tell(move(8)), ours.heard.length), (count) => count > 3);
      assert.ok([...strange.heard, ...ours.heard].every(({ position }) => position === 8));
    });

    it("get lost in silence while Redis is away", async () => {
      await using log = memoryLog();
      await using fresh = await freshRedis();
      const redis = fresh.open({ url: "redis://127.0.0.1:1" });
      announcementsOn(redis, log).tell(move(1));
      await append(log, "test.clock-1");
      announcementsOn(redis, log).tell(move(2));
      await assert.rejects(redis.run((client) => client.ping()));
    });
  }),
);
