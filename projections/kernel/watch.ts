import { type Refusal, refuse } from "#domain/kernel/decider.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
import type { Announcements } from "#projections/ports/announcements.ts";
import type { Database } from "#projections/ports/sql.ts";
import { allCheckpoints, type Checkpoint, makeCheckpoints } from "./checkpoint.ts";
import { once } from "./once.ts";
import { bell } from "./pause.ts";
import { type Moves, type Progress, trackProgress } from "./progress.ts";
import type { Projection } from "./projection.ts";
import { askForRebuild } from "./rebuild.ts";
import { seatName } from "./seat.ts";
import { nextName } from "./tables.ts";

export interface ProjectionStatus {
  readonly name: string;
  readonly generation: number;
  readonly position: number;
  /** Positions between the log's head and this one. */
  readonly lag: number;
  /** `waiting`: no process runs it now. */
  readonly state: "running" | "stopped" | "waiting";
  readonly error: string | null;
  readonly failedPosition: number | null;
  readonly failedEvent: string | null;
  readonly rebuilding: { readonly generation: number; readonly position: number; readonly error: string | null } | null;
}

/** The read models as a process that reads them sees them, wherever they are run. */
export interface ReadModels {
  readonly reached: Progress["reached"];
  readonly position: Progress["position"];
  /** Names of those that cannot be read yet: their tables are missing, or are of another generation than this code. */
  readonly unready: () => readonly string[];
  readonly status: () => Promise<readonly ProjectionStatus[]>;
  /** Asks for a rebuild beside the live tables; `status` shows how far it is. */
  readonly rebuild: (name: string) => Promise<{ readonly generation: number } | Refusal<"PROJECTION_NOT_FOUND" | "REBUILD_RUNNING">>;
}

export interface Watching {
  readonly projections: readonly Projection[];
  readonly database: Database;
  readonly log: EventLog;
  /** Of those who run them, wherever that is. */
  readonly leases: Leases;
  /** Between the processes that run read models and those that read them. */
  readonly announcements?: Announcements | undefined;
}

/** Everything that a runner in the same process shares with its readers. */
export interface Watched extends ReadModels, AsyncDisposable {
  readonly watching: Watching;
  readonly moves: Moves;
  /** Makes the tables of checkpoints, once. */
  readonly made: () => Promise<unknown>;
  /** Aborts when somebody in this process asks for a rebuild. */
  readonly rung: () => AbortSignal;
}

export const watchProjections = (watching: Watching): Watched => {
  const { projections, database, log, leases, announcements } = watching;
  const closing = new AbortController();
  const asked = bell();
  const made = once(() => makeCheckpoints(database));
  const read = () => made().then(() => allCheckpoints(database, "projections"));
  const progress = trackProgress(projections.map(({ name }) => name), read, closing.signal);
  const listening = announcements?.listen(progress.heard);
  const moves: Moves = {
    ...progress,
    moved: (name, generation, position) => {
      progress.moved(name, generation, position);
      announcements?.tell({ name, generation, position });
    },
  };

  const status = async (): Promise<readonly ProjectionStatus[]> => {
    const seats = projections.map(({ name }) => seatName("projections", name));
    const [head, rows, held] = await Promise.all([log.head(), read(), leases.held(seats)]);
    const byName = new Map(rows.map((row) => [row.name, row]));
    return projections.map(({ name }) => statusOf(name, byName, { head, seen: progress.position(name), held: held.has(seatName("projections", name)) }));
  };

  const rebuild: ReadModels["rebuild"] = async (name) => {
    const projection = projections.find((projection) => projection.name === name);
    if (!projection) return refuse("PROJECTION_NOT_FOUND", `There is no projection ${name}`, { name });
    await made();
    if (!(await askForRebuild(database, projection)))
      return refuse("REBUILD_RUNNING", `Projection ${name} is being rebuilt`, { name });
    asked.ring();
    return { generation: projection.generation };
  };

  return {
    watching,
    made,
    moves,
    rung: asked.signal,
    reached: progress.reached,
    position: progress.position,
    unready: () => projections.filter(({ name, generation }) => progress.generation(name) !== generation).map(({ name }) => name),
    status,
    rebuild,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await (await listening)?.[Symbol.asyncDispose]();
    },
  };
};

const statusOf = (
  name: string,
  rows: ReadonlyMap<string, Checkpoint>,
  { head, seen, held }: { readonly head: number; readonly seen: number; readonly held: boolean },
): ProjectionStatus => {
  const row = rows.get(name);
  const next = rows.get(nextName(name));
  // The stored checkpoint may lag a little over pages that held nothing.
  const position = Math.max(row?.position ?? 0, held ? seen : 0);
  return {
    name,
    generation: row?.generation ?? 0,
    position,
    lag: Math.max(0, head - position),
    state: row?.state === "stopped" ? "stopped" : held ? "running" : "waiting",
    error: row?.error ?? null,
    failedPosition: row?.failedPosition ?? null,
    failedEvent: row?.failedEvent ?? null,
    rebuilding: next ? { generation: next.generation, position: next.position, error: next.error } : null,
  };
};
