import { Unavailable } from "#domain/kernel/errors.ts";
import type { Database, Sql } from "#projections/ports/sql.ts";
import { Fenced, type Holder } from "./checkpoint.ts";
import { type Following, follow } from "./follow.ts";
import { pause } from "./pause.ts";
import type { Projection } from "./projection.ts";
import { dropOld, makeTables, nextName, switchTables } from "./tables.ts";

/** Asks for a rebuild: whoever runs the projection begins it. One that stopped begins again; false where one is under way. */
export const askForRebuild = async (sql: Sql, { name, generation }: Pick<Projection, "name" | "generation">): Promise<boolean> => {
  const rows = await sql.query({
    text: `insert into waybill.projections as next (name, generation, state) values ($1, $2, 'asked')
           on conflict (name) do update set generation = $2, state = 'asked', error = null where next.state = 'stopped' or next.generation <> $2
           returning 1`,
    values: [nextName(name), generation],
  });
  return rows.length > 0;
};

/** Resolves when a rebuild was asked for or was left half done, or when the signal aborts. */
export const rebuildWanted = async (sql: Sql, name: string, { signal, rung }: { signal: AbortSignal; rung: () => AbortSignal }): Promise<void> => {
  while (!signal.aborted) {
    const early = AbortSignal.any([signal, rung()]);
    const rows = await sql
      .query({ name: "rebuild_wanted", text: "select from waybill.projections where name = $1 and state <> 'stopped'", values: [nextName(name)] })
      .catch(unlessUnavailable([]));
    if (rows.length > 0) return;
    await pause(1000, early);
  }
};

/**
 * Fills `<name>_next` from the beginning, or from where a former owner was killed, until it has caught up with the log. False
 * where it stopped at a poison event (the live tables stay) or the signal aborted.
 */
export const fillNext = async (live: Following, signal: AbortSignal): Promise<boolean> => {
  const next = await beginNext(live);
  let caughtUp = false;
  const enough: Following["enough"] = (page) => (caughtUp = page.caughtUp);
  await follow({ ...live, holder: next, moved: ignore, enough }, signal);
  return caughtUp;
};

/** With the live tables at rest: brings the rebuilt ones to where they are, and makes those live. False where it could not. */
export const replaceLive = async (live: Following, signal: AbortSignal): Promise<boolean> => {
  const { database, holder } = live;
  const next = nextHolder(live);
  for (;;) {
    const { switched, at } = await switchTables(holder, next, database);
    if (switched) {
      live.moved(at);
      return true;
    }
    const enough: Following["enough"] = (page) => page.position >= at;
    const failure = await follow({ ...live, holder: next, moved: ignore, enough }, signal);
    if (failure || signal.aborted) return false;
  }
};

/** Drops the tables that a switch, perhaps of a process that was killed, has left. */
export const dropLeftovers = async (database: Database, name: string, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const dropped = await dropOld(name, database).then(() => true, unlessUnavailable(false));
    if (dropped) return;
    await pause(200, signal);
  }
};

const nextHolder = ({ holder, projection }: Following): Holder => ({
  name: nextName(projection.name),
  generation: projection.generation,
  fence: holder.fence,
});

const beginNext = async (live: Following): Promise<Holder> => {
  const next = nextHolder(live);
  const [row] = await live.database.query<{ goesOn: boolean }>({
    text: `update waybill.projections set fence = $2 where name = $1 and fence <= $2
           returning state = 'running' and generation = $3 and to_regnamespace(name) is not null as "goesOn"`,
    values: [next.name, next.fence, next.generation],
  });
  if (!row) throw new Fenced(live.holder.name);
  if (!row.goesOn) await makeTables(live, next);
  return next;
};

const unlessUnavailable =
  <Value>(value: Value) =>
  (error: unknown): Value => {
    if (!(error instanceof Unavailable)) throw error;
    return value;
  };

const ignore = (): void => undefined;
