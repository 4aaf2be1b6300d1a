import { setTimeout as sleep } from "node:timers/promises";
import { redisLeases } from "#infra/redis/leases.ts";
import { leasesConformance } from "#test/conformance/leases/suite.ts";
import { anyRedis, freshRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";

whenThere("redis", anyRedis, () =>
  leasesConformance("redis", async () => {
    const opened = await freshRedis();
    const redis = opened.open();
    return {
      open: () => redisLeases(redis),
      forget: opened.flush,
      pass: sleep,
      now: () => performance.now(),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  }),
);
