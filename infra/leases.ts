import type { ClientConfig } from "pg";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Leases } from "#commands/ports/leases.ts";
import { postgresLeases } from "./postgres/leases.ts";
import { openDatabase } from "./postgres/open-database.ts";
import { redisLeases } from "./redis/leases.ts";
import type { Redis } from "./redis/redis.ts";

/** A server that is slower than this is away: a lease must be renewed in time. */
const mostMs = 2000;

/** On connections of their own: a lease must not wait for those who work under it. */
export const openLeases = (connect: ClientConfig, redis: Redis | null): Leases & AsyncDisposable => {
  const database = openDatabase({ ...connect, connectionTimeoutMillis: mostMs, query_timeout: mostMs }, 2);
  const postgres = postgresLeases(database);
  const leases = redis ? redisOrPostgresLeases({ redis: redisLeases(redis), postgres }) : postgres;
  return { ...leases, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
};

export interface LeaseStores {
  readonly redis: Leases;
  readonly postgres: Leases;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Leases of Redis, and of PostgreSQL while Redis is away. A lease stays in the store that gave it: its owner renews it there, and
 * stops by its own clock when that store has not answered for a lifetime. So nobody turns to PostgreSQL before Redis has been away
 * for as long: by then whoever held a lease there has stopped. And whoever gets one of Redis looks whether PostgreSQL gave it to
 * another meanwhile.
 *
 * This cannot keep a process that reaches Redis apart from one that does not, for longer than a lifetime: both hold the lease until
 * one of them writes. Tokens of both stores are clocks in microseconds, which may differ; therefore each asks for one above the
 * highest that the store of its work has seen, and that store refuses the lower of two. The one who took over goes on; the other
 * finds out at its next write, stands back, and is told that the lease is taken.
 */
export const redisOrPostgresLeases = ({ redis, postgres, now = () => performance.now() }: LeaseStores): Leases => {
  let awaySince: number | null = null;

  const inRedis = async <Answer>(answering: Promise<Answer>): Promise<Answer> => {
    try {
      const answer = await answering;
      awaySince = null;
      return answer;
    } catch (error) {
      if (error instanceof Unavailable) awaySince ??= now();
      throw error;
    }
  };
  const awayFor = () => (awaySince === null ? 0 : now() - awaySince);

  const acquire: Leases["acquire"] = async (name, owner, lifetimeMs, above) => {
    const token = await inRedis(redis.acquire(name, owner, lifetimeMs, above)).catch(unlessUnavailable);
    if (token instanceof Unavailable) {
      if (awayFor() < lifetimeMs) throw token;
      return postgres.acquire(name, owner, lifetimeMs, above);
    }
    if (token === null || !(await postgres.held([name])).has(name)) return token;
    await redis.release(name, token);
    return null;
  };

  const renew: Leases["renew"] = async (name, token, lifetimeMs) => {
    const renewed = await inRedis(redis.renew(name, token, lifetimeMs)).catch(unlessUnavailable);
    if (renewed === true || (await postgres.renew(name, token, lifetimeMs))) return true;
    if (renewed instanceof Unavailable) throw renewed;
    return false;
  };

  return {
    acquire,
    renew,
    release: async (name, token) => {
      await Promise.all([inRedis(redis.release(name, token)), postgres.release(name, token)]);
    },
    held: async (names) => {
      const [there, here] = await Promise.all([inRedis(redis.held(names)).catch(unlessUnavailable), postgres.held(names)]);
      return there instanceof Unavailable ? here : there.union(here);
    },
  };
};

const unlessUnavailable = (error: unknown): Unavailable => {
  if (error instanceof Unavailable) return error;
  throw error;
};
