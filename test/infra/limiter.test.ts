import assert from "node:assert/strict";
import type { Limiter } from "#api/access/rates.ts";
import { memoryLimiter } from "#infra/memory/limiter.ts";
import { redisLimiter } from "#infra/redis/limits/limiter.ts";
import { eventually } from "#test/support/projecting.ts";
import { anyRedis, freshRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";

/** What every limiter does. `open`: one that allows so many a minute, with nothing taken. */
const limiterConformance = (adapter: string, open: (perMinute: number, work: (limiter: Limiter) => Promise<void>) => Promise<void>) =>
  describe(`${adapter} as a Limiter`, () => {
    it("gives a minute's worth at once, and then says how long to wait", () =>
      open(3, async (limiter) => {
        for (const _ of [1, 2, 3]) assert.equal(await limiter.take("a"), 0);
        const wait = await limiter.take("a");
        assert.ok(wait > 0 && wait <= 20, `${wait}`);
      }));

    it("has a bucket for each subject", () =>
      open(1, async (limiter) => {
        assert.equal(await limiter.take("a"), 0);
        assert.equal(await limiter.take("2001:db8::1"), 0);
        assert.ok((await limiter.take("a")) > 0);
      }));

    it("takes nothing from who only looks, and none from who got none", () =>
      open(600, async (limiter) => {
        for (let times = 0; times < 700; times++) assert.equal(await limiter.look("a"), 0);
        let taken = 0;
        while ((await limiter.take("a")) === 0) taken++;
        assert.ok(taken >= 600);
        await eventually(() => limiter.take("a"), (wait) => wait === 0);
      }));
  });

limiterConformance("memory", (perMinute, work) => work(memoryLimiter(perMinute)));

describe("A limiter in memory", () => {
  it("fills its buckets evenly, up to a minute's worth", async () => {
    let now = 0;
    const limiter = memoryLimiter(60, () => now);
    const takenNow = async () => {
      let taken = 0;
      while ((await limiter.take("a")) === 0) taken++;
      return taken;
    };
    assert.equal(await takenNow(), 60);
    now += 10_000;
    assert.equal(await takenNow(), 10);
    now += 600_000;
    assert.equal(await takenNow(), 60);
  });
});

whenThere("redis", anyRedis, () => {
  limiterConformance("Redis", async (perMinute, work) => {
    await using fresh = await freshRedis();
    await work(redisLimiter(fresh.open(), { name: "test", perMinute, otherwise: memoryLimiter(1) }));
  });

  describe("A limiter in Redis", () => {
    it("is one for all processes", async () => {
      await using fresh = await freshRedis();
      const processes = [fresh.open(), fresh.open()].map((redis) => redisLimiter(redis, { name: "test", perMinute: 10, otherwise: memoryLimiter(1) }));
      const waits = await Promise.all(processes.flatMap((limiter) => Array.from({ length: 10 }, () => limiter.take("a"))));
      assert.equal(waits.filter((wait) => wait === 0).length, 10);
    });

    it("is one of each process while Redis is away", async () => {
      await using fresh = await freshRedis();
      const limiter = redisLimiter(fresh.open({ url: "redis://127.0.0.1:1" }), { name: "test", perMinute: 10, otherwise: memoryLimiter(1) });
      assert.equal(await limiter.look("a"), 0);
      assert.equal(await limiter.take("a"), 0);
      assert.ok((await limiter.take("a")) > 0);
    });
  });
});
