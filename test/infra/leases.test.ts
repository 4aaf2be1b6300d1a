import assert from "node:assert/strict";
import fc from "fast-check";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Leases } from "#commands/ports/leases.ts";
import { redisOrPostgresLeases } from "#infra/leases.ts";
import { leasesConformance } from "#test/conformance/leases/suite.ts";
import { memoryLeases } from "#test/support/memory-leases.ts";

const lifetimeMs = 3000;

/** Two stores, whose clocks differ by an hour, and processes that reach them. */
const world = () => {
  let now = Date.now();
  const stores = { redis: memoryLeases(() => now), postgres: memoryLeases(() => now - 3_600_000) };
  let there = true;
  const process = (reachesRedis = () => there): Leases =>
    redisOrPostgresLeases({ redis: reachable(stores.redis, reachesRedis), postgres: stores.postgres, now: () => now });
  return {
    ...stores,
    process,
    now: () => now,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    redisIs: (state: "there" | "away") => {
      there = state === "there";
    },
  };
};

/** The store as somebody sees it who does not always reach it. */
const reachable = (store: Leases, there: () => boolean): Leases => {
  const reach = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    if (!there()) throw new Unavailable("redis");
    return ask();
  };
  return {
    acquire: (...asked) => reach(() => store.acquire(...asked)),
    renew: (...asked) => reach(() => store.renew(...asked)),
    release: (...asked) => reach(() => store.release(...asked)),
    held: (names) => reach(() => store.held(names)),
  };
};

leasesConformance("redis or postgres", async () => {
  const { process, redis, postgres, now, pass } = world();
  return {
    open: () => process(),
    forget: async () => {
      pass(1);
      redis.forget();
      postgres.forget();
    },
    pass: async (milliseconds) => pass(milliseconds),
    now,
    [Symbol.asyncDispose]: async () => undefined,
  };
});

describe("Leases of Redis or PostgreSQL", () => {
  it("are given by PostgreSQL when Redis has been away for as long as anybody may hold one there", async () => {
    const { process, pass, redisIs } = world();
    const [one, other] = [process(), process()];
    const token = (await one.acquire("it", "one", lifetimeMs)) ?? 0;
    redisIs("away");
    await assert.rejects(one.renew("it", token, lifetimeMs), Unavailable);
    await assert.rejects(other.acquire("it", "other", lifetimeMs), Unavailable);
    pass(lifetimeMs - 1);
    await assert.rejects(other.acquire("it", "other", lifetimeMs), Unavailable);
    pass(1);
    assert.ok(((await other.acquire("it", "other", lifetimeMs, token)) ?? 0) > token);
    assert.equal(await one.acquire("it", "one", lifetimeMs), null);
  });

  it("stay in PostgreSQL while their owner renews them, though Redis is back", async () => {
    const { process, pass, redisIs } = world();
    const [one, other] = [process(), process()];
    redisIs("away");
    await assert.rejects(one.acquire("it", "one", lifetimeMs), Unavailable);
    pass(lifetimeMs);
    const token = (await one.acquire("it", "one", lifetimeMs)) ?? 0;
    redisIs("there");
    for (let round = 0; round < 5; round++) {
      pass(1000);
      assert.equal(await one.renew("it", token, lifetimeMs), true);
      assert.equal(await other.acquire("it", "other", lifetimeMs), null);
      assert.deepEqual([...(await other.held(["it"]))], ["it"]);
    }
    await one.release("it", token);
    assert.ok(((await other.acquire("it", "other", lifetimeMs, token)) ?? 0) > token);
  });

  it("are told apart by whoever sees Redis again, when one who did not has taken over", async () => {
    const { process, pass } = world();
    const [sees, blind] = [process(), process(() => false)];
    const token = (await sees.acquire("it", "sees", lifetimeMs)) ?? 0;
    await assert.rejects(blind.acquire("it", "blind", lifetimeMs), Unavailable);
    pass(2000);
    assert.equal(await sees.renew("it", token, lifetimeMs), true);
    pass(2000);
    const taken = (await blind.acquire("it", "blind", lifetimeMs, token)) ?? 0;
    assert.ok(taken > token);
    // Fenced at its next write, the one who sees Redis gives its lease back and asks again.
    await sees.release("it", token);
    assert.equal(await sees.acquire("it", "sees", lifetimeMs, taken), null);
  });

  it("are one at a time by their owners' own clocks, however often Redis goes and comes back", async () => {
    const steps = fc.array(fc.oneof(fc.constantFrom("away", "there"), fc.nat(2), fc.constantFrom(200, 1000, 3000).map((ms) => ({ ms }))), { maxLength: 60 });
    const holds = fc.asyncProperty(steps, async (schedule) => {
      const { process, pass, redisIs, now } = world();
      const owners = [0, 1, 2].map((id) => ({ id: `owner-${id}`, leases: process(), token: 0, until: 0 }));
      let fence = 0;
      const act = async (owner: (typeof owners)[number]): Promise<void> => {
        const until = now() + lifetimeMs;
        if (owner.until > now()) {
          const renewed = await owner.leases.renew("it", owner.token, lifetimeMs).catch(() => null);
          if (renewed !== null) owner.until = renewed ? until : 0;
          return;
        }
        const token = await owner.leases.acquire("it", owner.id, lifetimeMs, fence).catch(() => null);
        if (token === null) return;
        assert.deepEqual(owners.filter((other) => other !== owner && other.until > now()), []);
        assert.ok(token > fence);
        fence = token;
        Object.assign(owner, { token, until });
      };
      for (const step of schedule)
        if (typeof step === "string") redisIs(step === "away" ? "away" : "there");
        else if (typeof step === "object") pass(step.ms);
        else await act(owners[step] ?? { id: "", leases: process(), token: 0, until: 0 });
    });
    await fc.assert(holds, { numRuns: 300 });
  });
});
