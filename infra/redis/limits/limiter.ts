import { z } from "zod";
import type { Limiter } from "#api/access/rates.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Redis } from "#infra/redis/redis.ts";
import { scriptBeside } from "#infra/redis/script.ts";

const takeScript = scriptBeside(import.meta.url, "take.lua");
const Seconds = z.coerce.number();

export interface LimiterOptions {
  /** What is limited: part of the names of keys. */
  readonly name: string;
  readonly perMinute: number;
  /** Counts while Redis is away. */
  readonly otherwise: Limiter;
}

/** One limit for all processes; of each process alone while Redis is away. */
export const redisLimiter = (redis: Redis, { name, perMinute, otherwise }: LimiterOptions): Limiter => {
  const take = async (subject: string, tokens: number): Promise<number> =>
    Seconds.parse(await redis.run((client) => takeScript(client, [redis.key("rate", name, subject)], [perMinute, tokens])));
  return {
    take: (subject) => take(subject, 1).catch(whereAway(() => otherwise.take(subject))),
    look: (subject) => take(subject, 0).catch(whereAway(() => otherwise.look(subject))),
  };
};

const whereAway =
  (work: () => Promise<number>) =>
  (error: unknown): Promise<number> => {
    if (error instanceof Unavailable) return work();
    throw error;
  };
