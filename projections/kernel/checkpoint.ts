import { inspect } from "node:util";
import type { Database, Sql } from "#projections/ports/sql.ts";
import { sqlBeside } from "./projection.ts";

/** One row of `waybill.projections` or `waybill.policies`. */
export interface Checkpoint {
  readonly name: string;
  readonly generation: number;
  readonly position: number;
  readonly state: "running" | "stopped" | "asked";
  readonly error: string | null;
  readonly failedPosition: number | null;
  readonly failedEvent: string | null;
}

/** Who may move a checkpoint: the owner with this fence, for tables of this generation. */
export interface Holder {
  readonly name: string;
  readonly generation: number;
  readonly fence: number;
}

export interface Failure {
  readonly error: string;
  readonly position: number | null;
  readonly event: string | null;
}

/** Another took over, or the tables were replaced: the work of this holder counts no more. */
export class Fenced extends Error {
  constructor(name: string) {
    super(`${name} is run by another owner now`);
    this.name = "Fenced";
  }
}

export type Kept = "projections" | "policies";

/** Makes the tables where they are missing; any number of processes may do so at once. */
export const makeCheckpoints = (database: Database): Promise<unknown> =>
  database.transaction(async (sql) => {
    await sql.query({ text: "select pg_advisory_xact_lock(hashtextextended('waybill', 0))" });
    await sql.query({ text: sqlBeside(import.meta.url, "waybill.sql") });
  });

export const allCheckpoints = (sql: Sql, kept: Kept): Promise<readonly Checkpoint[]> =>
  sql.query<Checkpoint>({
    name: `${kept}_all`,
    // Tables that somebody dropped show nothing, whatever is written of them.
    text: `select name, ${kept === "policies" ? "generation, position" : ifThere}, state, error, failed_position as "failedPosition", failed_event as "failedEvent"
             from waybill.${kept} order by name`,
  });

const there = "(state = 'asked' or to_regnamespace(name) is not null)::int";
const ifThere = `generation * ${there} as generation, position * ${there} as position`;

/** Where the holder's tables stand. Throws `Fenced` where they are no longer the holder's. */
export const heldPosition = async (sql: Sql, kept: Kept, { name, generation, fence }: Holder): Promise<number> => {
  const [row] = await sql.query<{ position: number }>({
    name: `${kept}_held`,
    text: `select position from waybill.${kept} where name = $1 and generation = $2 and fence = $3`,
    values: [name, generation, fence],
  });
  if (!row) throw new Fenced(name);
  return row.position;
};

/** Compare-and-set: in the transaction of the tables it makes that transaction happen once, or not at all. */
export const moveCheckpoint = async (sql: Sql, kept: Kept, holder: Holder, [from, to]: readonly [from: number, to: number]): Promise<void> => {
  const moved = await sql.query({
    name: `${kept}_move`,
    // What gets further is stopped no longer.
    text: `update waybill.${kept} set position = $5, state = 'running', error = null, failed_position = null, failed_event = null,
                  updated_at = clock_timestamp()
            where name = $1 and generation = $2 and fence = $3 and position = $4 returning 1`,
    values: [holder.name, holder.generation, holder.fence, from, to],
  });
  if (moved.length === 0) throw new Fenced(holder.name);
};

/** Null: it runs again. */
export const markStopped = async (sql: Sql, kept: Kept, holder: Holder, failure: Failure | null): Promise<void> => {
  await sql.query({
    name: `${kept}_mark`,
    text: `update waybill.${kept} set state = $3, error = $4, failed_position = $5, failed_event = $6, updated_at = clock_timestamp()
            where name = $1 and fence = $2`,
    values: [holder.name, holder.fence, failure ? "stopped" : "running", failure?.error ?? null, failure?.position ?? null, failure?.event ?? null],
  });
};

/** What a person reads of an error: the messages of it and its causes. */
export const described = (error: unknown): string => {
  const parts: string[] = [];
  for (let at = error; at !== undefined && at !== null && parts.length < 5; at = at instanceof Error ? at.cause : undefined)
    parts.push(at instanceof Error ? at.message : inspect(at));
  // PostgreSQL's text holds no NUL.
  return parts.join(": ").replaceAll("\0", "\ufffd").slice(0, 4000);
};
