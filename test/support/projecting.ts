import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { postgresLeases } from "#infra/postgres/leases.ts";
import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
import type { Projection } from "#projections/kernel/projection.ts";
import { runProjections, type Running } from "#projections/kernel/run.ts";
import { watchProjections, type Watched } from "#projections/kernel/watch.ts";
import type { Database } from "#projections/ports/sql.ts";
import { freshDatabase } from "./postgres.ts";

/** A database of its own, a pool on it, and leases in it. */
export const openDatabase = async () => {
  const opened = new AsyncDisposableStack();
  const { url } = opened.use(await freshDatabase());
  const pool = opened.adopt(openPool({ connectionString: url, max: 10 }), (pool) => pool.end());
  const database = databaseOver(pool);
  return { url, pool, database, leases: postgresLeases(database), [Symbol.asyncDispose]: () => opened.disposeAsync() };
};

let owners = 0;

/** A process that runs these projections; as good as a real one to the others, since they share nothing but the database. */
export const runner = (
  { database, log, leases = postgresLeases(database) }: { readonly database: Database; readonly log: EventLog; readonly leases?: Leases },
  projections: readonly Projection[],
  running: Partial<Running> = {},
): Watched => {
  const watched = watchProjections({ projections, database, log, leases });
  const run = runProjections(watched, { owner: `runner-${++owners}`, ...running });
  const dispose = async () => {
    await run[Symbol.asyncDispose]();
    await watched[Symbol.asyncDispose]();
  };
  return { ...watched, [Symbol.asyncDispose]: dispose };
};

/** How long a test waits for what must come, in milliseconds: only one that waits in vain needs all of it. */
export const patience = 60_000;

/** Waits until it holds; a test that waits in vain fails with what it saw last. */
export const eventually = async <Value>(look: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> => {
  const until = Date.now() + patience;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (Date.now() > until) assert.fail(`still ${JSON.stringify(value)}`);
    await sleep(10);
  }
};

/** Every row of a table, sorted, to compare read models row by row. */
export const rowsOf = (database: Database, table: string): Promise<readonly object[]> =>
  database.query({ text: `select * from ${table} as of_table order by of_table::text` });
