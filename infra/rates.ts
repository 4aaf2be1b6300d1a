import type { Limiter, Rates } from "#api/access/rates.ts";
import type { Config } from "./config.ts";
import { memoryLimiter } from "./memory/limiter.ts";
import { redisLimiter } from "./redis/limits/limiter.ts";
import type { Redis } from "./redis/redis.ts";

/** The limits of the settings, across all processes where they share a Redis. */
export const ratesOf = (config: Config, redis: Redis | null): Rates => {
  const limiter = (name: string, perMinute: number | undefined): Limiter | undefined => {
    if (perMinute === undefined || perMinute === 0) return undefined;
    const otherwise = memoryLimiter(perMinute);
    return redis ? redisLimiter(redis, { name, perMinute, otherwise }) : otherwise;
  };
  return {
    requests: limiter("requests", config.WAYBILL_REQUESTS_PER_MINUTE),
    failures: limiter("failures", config.WAYBILL_FAILED_TOKENS_PER_MINUTE),
    files: limiter("files", config.WAYBILL_FILES_PER_MINUTE),
  };
};
