import type { Leases } from "#commands/ports/leases.ts";
import type { Redis } from "./redis.ts";

/**
 * Leases in Redis: one script a call, which nothing else comes between, and no clock but the server's. Tokens are on the scale
 * of the ones in PostgreSQL: a server that has lost everything goes on above what it gave out before.
 */
export const redisLeases = (redis: Redis): Leases => {
  const key = (name: string) => redis.key("lease", name);
  const script = (text: string, names: readonly string[], values: readonly (string | number)[]) =>
    redis.run((client) => client.eval(text, { keys: names.map(key), arguments: values.map(String) }));
  return {
    acquire: async (name, owner, lifetimeMs, above = 0) => {
      const token = await script(acquire, [name], [owner, lifetimeMs, above]);
      return token === null ? null : Number(token);
    },
    renew: async (name, token, lifetimeMs) => (await script(renew, [name], [token, lifetimeMs])) === 1,
    release: async (name, token) => {
      await script(release, [name], [token]);
    },
    held: async (names) => {
      const flags = names.length > 0 ? await script(held, names, []) : [];
      return new Set(names.filter((_, index) => Array.isArray(flags) && flags[index] === 1));
    },
  };
};

const now = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])`;

// Doubles are exact up to 2^53 microseconds, which is the year 2255.
const write = `
  local function number(value) return string.format('%.0f', value) end
  local function extend(lifetime)
    redis.call('HSET', KEYS[1], 'expires', number(now + lifetime * 1000))
    -- The last token outlives its lease by a day: a clock that is set back by less changes nothing.
    redis.call('PEXPIRE', KEYS[1], number(lifetime + 86400000))
  end`;

const acquire = `${now} ${write}
  local owner, token, expires = unpack(redis.call('HMGET', KEYS[1], 'owner', 'token', 'expires'))
  if owner and owner ~= ARGV[1] and tonumber(expires) > now then return false end
  local next = math.max(now, tonumber(token or 0) + 1, tonumber(ARGV[3]) + 1)
  redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'token', number(next))
  extend(tonumber(ARGV[2]))
  return number(next)`;

const renew = `${now} ${write}
  local owner, token, expires = unpack(redis.call('HMGET', KEYS[1], 'owner', 'token', 'expires'))
  if not owner or token ~= ARGV[1] or tonumber(expires) <= now then return 0 end
  extend(tonumber(ARGV[2]))
  return 1`;

const release = `
  if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then redis.call('HDEL', KEYS[1], 'owner') end
  return 1`;

const held = `${now}
  local held = {}
  for index, key in ipairs(KEYS) do
    local owner, expires = unpack(redis.call('HMGET', key, 'owner', 'expires'))
    held[index] = owner and tonumber(expires) > now and 1 or 0
  end
  return held`;
