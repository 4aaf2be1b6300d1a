import { randomBytes } from "node:crypto";
import type { Database, Sql } from "#projections/ports/sql.ts";
import { quoted } from "./digest.ts";
import type { Projection } from "#projections/kernel/projection.ts";

const prefix = "scratch_";

/**
 * Schemas of a replay, gone when `work` is over. Whoever made one holds its lock as long as the connection lasts: what is there without
 * a holder was left by a process that was killed, and `sweep` drops it.
 */
export const withScratch = async <Result>(
  database: Database,
  projections: readonly Projection[],
  work: (schemaOf: (name: string) => string) => Promise<Result>,
): Promise<Result> => {
  const run = randomBytes(6).toString("hex");
  const schemaOf = (name: string) => `${prefix}${run}_${name}`;
  return database.transaction(async (sql) => {
    // This transaction does nothing but hold the lock; it keeps neither rows nor the vacuum waiting.
    await sql.query({ text: "set local idle_in_transaction_session_timeout to 0" });
    await sql.query({ text: "select pg_advisory_xact_lock(hashtextextended($1, 0))", values: [run] });
    try {
      for (const projection of projections) await makeScratch(database, projection, schemaOf(projection.name));
      return await work(schemaOf);
    } finally {
      for (const { name } of projections) await dropSchema(database, schemaOf(name)).catch(() => undefined);
    }
  });
};

/** Nobody needs them after a crash of the server, so that they need not be written twice. */
const makeScratch = (database: Database, { tables }: Projection, schema: string): Promise<void> =>
  database.transaction(async (sql) => {
    await sql.query({ text: `create schema ${quoted(schema)}` });
    await sql.query({ text: tables });
    const made = await sql.query<{ name: string }>({ text: "select relname::text as name from pg_class where relkind = 'r' and relnamespace = to_regnamespace($1)", values: [schema] });
    for (const { name } of made) await sql.query({ text: `alter table ${quoted(name)} set unlogged` });
  }, schema);

const dropSchema = (sql: Sql, schema: string): Promise<unknown> => sql.query({ text: `drop schema if exists ${quoted(schema)} cascade` });

/** Drops what replays of killed processes have left. */
export const sweep = async (database: Database): Promise<void> => {
  const left = await database.query<{ schema: string }>({ text: `select nspname::text as schema from pg_namespace where nspname ^@ '${prefix}'` });
  for (const { schema } of left)
    await database.transaction(async (sql) => {
      const run = schema.slice(prefix.length).split("_")[0];
      const [row] = await sql.query<{ free: boolean }>({ text: "select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as free", values: [run] });
      if (row?.free === true) await dropSchema(sql, schema);
    });
};
