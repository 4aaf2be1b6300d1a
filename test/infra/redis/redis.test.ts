import assert from "node:assert/strict";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "#domain/kernel/errors.ts";
import { openRedis, type Redis } from "#infra/redis/redis.ts";
import { eventually } from "#test/support/projecting.ts";
import { redisProgram, startRedis, type TestRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";

/** A server of its own, a connection to it, and what the connection reported. */
const opened = async () => {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startRedis());
  const changes: string[] = [];
  const redis = stack.use(openRedis({ url: server.url, prefix: "test", changed: (away) => changes.push(away ? "away" : "back") }));
  await redis.run((client) => client.ping());
  return { server, redis, changes, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};

const asked = (redis: Redis) => redis.run((client) => client.ping());
const back = (redis: Redis) => eventually(async () => redis.away(), (away) => away === null);

whenThere("redis", redisProgram, () =>
  describe("A connection to Redis", () => {
    it("waits for the first connection, and reports only changes", async () => {
      await using test = await opened();
      assert.equal(await asked(test.redis), "PONG");
      assert.equal(test.redis.away(), null);
      assert.deepEqual(test.changes, []);
      assert.equal(test.redis.key("lease", "tuf"), "test:lease:tuf");
    });

    it("is away where no server is at the start, and there once it came", async () => {
      await using server = await startRedis();
      await server.kill();
      const changes: string[] = [];
      await using redis = openRedis({ url: server.url, prefix: "test", changed: (away) => changes.push(away ? "away" : "back") });
      await assert.rejects(asked(redis), Unavailable);
      assert.deepEqual(changes, ["away"]);
      await server.start();
      await back(redis);
      assert.equal(await asked(redis), "PONG");
      assert.deepEqual(changes, ["away", "back"]);
    });

    it("says once that a killed server is away, whatever is asked meanwhile, and comes back by itself", async () => {
      await using test = await opened();
      await test.server.kill();
      for (let times = 0; times < 20; times++) await assert.rejects(asked(test.redis), Unavailable);
      await test.server.start();
      await back(test.redis);
      assert.deepEqual(test.changes, ["away", "back"]);
    });

    it("gives up on a server that says nothing, and lets nobody else wait for it", async () => {
      await using test = await opened();
      test.server.pause();
      try {
        await Promise.all(Array.from({ length: 10 }, () => assert.rejects(asked(test.redis), Unavailable)));
        const next = asked(test.redis).catch((error: unknown) => error instanceof Unavailable);
        assert.equal(await Promise.race([next, nextTurn("still waiting")]), true);
        assert.match(String(test.redis.away()), /no answer/);
      } finally {
        test.server.resume();
      }
      await back(test.redis);
      assert.equal(await asked(test.redis), "PONG");
      assert.deepEqual(test.changes, ["away", "back"]);
    });

    it("finds out that a server says nothing also while nobody asks", async () => {
      await using test = await opened();
      test.server.pause();
      await eventually(async () => test.changes, (changes) => changes.length === 1);
      test.server.resume();
      await eventually(async () => test.changes, (changes) => changes.length === 2);
    });

    it("makes what the server refuses Unavailable, and stays connected", async () => {
      await using test = await opened();
      await assert.rejects(test.redis.run((client) => client.sendCommand(["NONSENSE"])), (error) => error instanceof Unavailable && /NONSENSE/.test(String(error.cause)));
      assert.equal(test.redis.away(), null);
    });

    it("hears what is published, again after a loss, and says that it may have missed something", async () => {
      await using test = await opened();
      const heard: string[] = [];
      let resumed = 0;
      const listening = await test.redis.listen("news", (message) => heard.push(message), () => resumed++);
      await publishedUntilHeard(test.redis, heard, "one");
      await test.server.kill();
      await test.server.start();
      await back(test.redis);
      await eventually(async () => resumed, (times) => times === 2);
      await publishedUntilHeard(test.redis, heard, "two");
      await listening[Symbol.asyncDispose]();
      await test.redis.run((client) => client.publish("news", "three"));
      await sleep(20);
      assert.ok(!heard.includes("three"));
    });

    it("begins to listen while the server is away", async () => {
      await using server: TestRedis = await startRedis();
      await server.kill();
      await using redis = openRedis({ url: server.url, prefix: "test" });
      const heard: string[] = [];
      await redis.listen("news", (message) => heard.push(message));
      await server.start();
      await back(redis);
      await publishedUntilHeard(redis, heard, "one");
    });

    it("closes while it is connecting, and while the server says nothing", async () => {
      await using server = await startRedis();
      await openRedis({ url: server.url, prefix: "test" })[Symbol.asyncDispose]();
      server.pause();
      const redis = openRedis({ url: server.url, prefix: "test" });
      await redis.listen("news", () => undefined);
      const asking = assert.rejects(asked(redis), Unavailable);
      await redis[Symbol.asyncDispose]();
      server.resume();
      await asking;
    });
  }),
);

const publishedUntilHeard = (redis: Redis, heard: readonly string[], message: string) =>
  eventually(
    async () => {
      await redis.run((client) => client.publish("news", message));
      return heard.includes(message);
    },
    (is) => is,
  );
