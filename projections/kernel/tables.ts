import type { Database, Sql } from "#projections/ports/sql.ts";
import { Fenced, type Holder } from "./checkpoint.ts";
import type { Following } from "./follow.ts";
import { beginFill } from "./indexes.ts";

export const nextName = (name: string): string => `${name}_next`;
const oldName = (name: string): string => `${name}_old`;

/** The generation whose tables readers see; 0 where there are none. */
export const storedGeneration = async (sql: Sql, name: string): Promise<number> => {
  const [row] = await sql.query<{ generation: number }>({
    text: "select generation from waybill.projections where name = $1 and to_regnamespace($1) is not null",
    values: [name],
  });
  return row?.generation ?? 0;
};

/**
 * A schema with the projection's empty tables, and its checkpoint at the beginning. What the schema held is dropped. Where there is
 * a log to fill them from, the indexes of readers come afterwards.
 */
export const makeTables = async ({ projection, log, database }: Pick<Following, "projection" | "log" | "database">, holder: Holder): Promise<void> => {
  const { name, generation, fence } = holder;
  const head = await log.head();
  await database.transaction(async (sql) => {
    const [row] = await sql.query<{ ours: boolean }>({
      text: "select generation > 0 or to_regnamespace(name) is null as ours from waybill.projections where name = $1 and fence = $2 for update",
      values: [name, fence],
    });
    if (!row) throw new Fenced(name);
    if (!row.ours) throw new Error(`the schema ${name} is not Waybill's: drop or rename it, or give Waybill a database of its own`);
    await sql.query({ text: `drop schema if exists ${name} cascade` });
    await sql.query({ text: `create schema ${name}` });
    await sql.query({ text: projection.tables });
    if (head > 0) await beginFill(sql, holder, head);
    else await sql.query({ text: projection.indexes ?? "" });
    await sql.query({
      text: "update waybill.projections set generation = $2, position = 0, state = 'running', error = null where name = $1",
      values: [name, generation],
    });
  }, name);
};

/**
 * The rebuilt tables become the ones that readers see, in one transaction with the checkpoint; not where the live ones are
 * further, which are at `at`. The old tables go afterwards: to drop them waits for their readers, and nobody shall wait
 * behind that.
 */
export const switchTables = (live: Holder, next: Holder, database: Database): Promise<{ readonly switched: boolean; readonly at: number }> =>
  database.transaction(async (sql) => {
    const rows = await sql.query<{ name: string; position: number }>({
      text: "select name, position from waybill.projections where (name = $1 or name = $2) and fence = $3 for update",
      values: [live.name, next.name, live.fence],
    });
    const [from, to] = [live, next].map(({ name }) => rows.find((row) => row.name === name)?.position);
    if (from === undefined || to === undefined) throw new Fenced(live.name);
    if (to < from) return { switched: false, at: from };
    await sql.query({ text: `drop schema if exists ${oldName(live.name)} cascade` });
    await sql.query({ text: `alter schema ${live.name} rename to ${oldName(live.name)}` });
    await sql.query({ text: `alter schema ${next.name} rename to ${live.name}` });
    await sql.query({
      text: `update waybill.projections set generation = $2, position = $3, state = 'running', error = null, failed_position = null,
                    failed_event = null, updated_at = clock_timestamp() where name = $1`,
      values: [live.name, next.generation, to],
    });
    await sql.query({ text: "delete from waybill.projections where name = $1", values: [next.name] });
    return { switched: true, at: to };
  });

/** Drops what a switch left. Gives up soon rather than wait among readers, where it could be part of a deadlock. */
export const dropOld = (name: string, database: Database): Promise<void> =>
  database.transaction(async (sql) => {
    await sql.query({ text: "set local lock_timeout = '100ms'" });
    await sql.query({ text: `drop schema if exists ${oldName(name)} cascade` });
  });
