import type { Database, Sql } from "#projections/ports/sql.ts";
import { Fenced, type Holder } from "./checkpoint.ts";
import type { Projection } from "./projection.ts";

/** Tables that are being filled from the beginning of a log, in the schema of the holder's name. */
export interface Fill {
  readonly projection: Projection;
  readonly holder: Holder;
  readonly database: Database;
}

/** In the transaction that makes the tables: the indexes of readers are made when the tables are as far as the log is now. */
export const beginFill = async (sql: Sql, { name }: Holder, until: number): Promise<void> => {
  await sql.query({
    text: "insert into waybill.fills (name, until) values ($1, $2) on conflict (name) do update set until = excluded.until",
    values: [name, until],
  });
};

/** How far the tables are filled without the indexes of readers; null where they have them. */
export const fillsUntil = async (sql: Sql, { name }: Holder): Promise<number | null> => {
  const [row] = await sql.query<{ until: number }>({ text: "select until from waybill.fills where name = $1", values: [name] });
  return row?.until ?? null;
};

/**
 * Makes the indexes of readers that are missing, each in a transaction of its own: a stop waits for those that are under way, and
 * whoever comes after one that was killed makes the others. False where the signal aborted before all were there.
 */
export const endFill = async (fill: Fill, signal: AbortSignal): Promise<boolean> => {
  const waiting = statementsOf(fill.projection.indexes ?? "").values();
  const making = async () => {
    for (const text of waiting) if (!signal.aborted) await asHolder(fill, (sql) => sql.query({ text: `${oneProcess}; ${text}`, long: true }));
  };
  // The server does all of the work: two of its processes at a time. Both are at rest when one has failed.
  for (const made of await Promise.allSettled([making(), making()])) if (made.status === "rejected") throw made.reason;
  if (signal.aborted) return false;
  await asHolder(fill, (sql) => sql.query({ text: "delete from waybill.fills where name = $1", values: [fill.holder.name] }));
  return true;
};

/** On two cores two indexes at a time take 0.7 s where one after the other, by several processes each, takes 1.2 s. */
const oneProcess = "set local max_parallel_maintenance_workers = 0";

/** Nobody takes over meanwhile, or the schema could become that of other tables. */
const asHolder = ({ database, holder: { name, generation, fence } }: Fill, work: (sql: Sql) => Promise<unknown>): Promise<void> =>
  database.transaction(async (sql) => {
    const rows = await sql.query({
      text: "select 1 from waybill.projections where name = $1 and generation = $2 and fence = $3 for share",
      values: [name, generation, fence],
    });
    if (rows.length === 0) throw new Fenced(name);
    await work(sql);
  }, name);

const statementsOf = (text: string): readonly string[] => text.split(/;\s*\n/).filter((statement) => statement.trim() !== "");
