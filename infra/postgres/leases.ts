import type { Leases } from "#commands/ports/leases.ts";
import { once } from "#projections/kernel/once.ts";
import { sqlBeside } from "#projections/kernel/projection.ts";
import type { Database } from "#projections/ports/sql.ts";

/**
 * Leases in a table: one statement a call, under the row's lock, and no clock but the server's. Tokens are the server's clock in
 * microseconds since 1970, or one more than the last: a table restored from a backup does not give one out again.
 */
export const postgresLeases = (database: Database): Leases => {
  const made = once(() => make(database));
  return {
    acquire: async (name, owner, lifetimeMs, above = 0) => {
      await made();
      const [row] = await database.query<{ token: number }>({ name: "lease_acquire", text: acquire, values: [name, owner, lifetimeMs, above] });
      return row?.token ?? null;
    },
    renew: async (name, token, lifetimeMs) => {
      await made();
      return (await database.query({ name: "lease_renew", text: renew, values: [name, token, lifetimeMs] })).length > 0;
    },
    release: async (name, token) => {
      await made();
      await database.query({ name: "lease_release", text: "update waybill.leases set owner = null where name = $1 and token = $2", values: [name, token] });
    },
    held: async (names) => {
      await made();
      return new Set((await database.query<{ name: string }>({ name: "lease_held", text: held, values: [names] })).map(({ name }) => name));
    },
  };
};

/** Any number of processes may do so at once. */
const make = (database: Database): Promise<unknown> =>
  database.transaction(async (sql) => {
    await sql.query({ text: "select pg_advisory_xact_lock(hashtextextended('waybill', 0))" });
    await sql.query({ text: sqlBeside(import.meta.url, "leases.sql") });
  });

const now = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";
const until = "clock_timestamp() + $3 * interval '1 millisecond'";

// What is decided is decided after the wait for the row's lock: `excluded` is from before it.
const acquire = `insert into waybill.leases as last (name, owner, token, expires) values ($1, $2, greatest(${now}, $4::bigint + 1), ${until})
  on conflict (name) do update set owner = $2, token = greatest(last.token + 1, ${now}, $4::bigint + 1), expires = ${until}
   where last.owner is null or last.owner = $2 or last.expires <= clock_timestamp()
  returning token`;

const renew = `update waybill.leases set expires = ${until}
  where name = $1 and token = $2 and owner is not null and expires > clock_timestamp() returning 1`;

const held = "select name from waybill.leases where name = any($1::text[]) and owner is not null and expires > clock_timestamp()";
