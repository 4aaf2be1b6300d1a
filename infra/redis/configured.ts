import { type Config, tlsSettings } from "#infra/config.ts";
import type { Logger } from "#infra/log.ts";
import { tlsOf } from "#infra/tls.ts";
import { openRedis, type Redis } from "./redis.ts";

/** The Redis of the settings; null without one. An absent server is logged, and waited for in the background. */
export const configuredRedis = async (config: Config, logger: Logger): Promise<Redis | null> => {
  const { REDIS_URL: url, REDIS_PREFIX: prefix } = config;
  if (url === undefined) return null;
  const tls = await tlsOf(tlsSettings(config, "REDIS"));
  const changed = (away: Error | null): void => {
    if (away) logger.error("degraded", { redis: reason(away) });
    else logger.info("no longer degraded", { redis: "is back" });
  };
  return openRedis({ url, prefix, tls, changed });
};

/** What this process does more slowly now, and why; for people. */
export const degradedBy = (redis: Redis | null): (() => readonly string[]) => () => {
  const away = redis?.away() ?? null;
  return away ? [`redis: ${reason(away)}`] : [];
};

/** A name with several addresses fails with several errors, and an empty message of its own. */
const reason = (error: Error): string => (error instanceof AggregateError && error.message === "" ? error.errors.map(String).join("; ") : error.message);
