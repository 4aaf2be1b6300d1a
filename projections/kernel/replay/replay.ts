import type { EventLog } from "#commands/ports/event-log.ts";
import type { Failure } from "#projections/kernel/checkpoint.ts";
import type { Projection } from "#projections/kernel/projection.ts";
import type { Database } from "#projections/ports/sql.ts";
import { compare } from "./compare.ts";
import { fill, type Filling } from "./fill.ts";
import { type Generation, generationsOf } from "./generations.ts";
import { passing } from "./passing.ts";
import { sweep, withScratch } from "./scratch.ts";
import type { ReplayedTable } from "./tables.ts";

/** What to rebuild, and what to hold against it. */
export interface ReplayAsked {
  /** Of read models. */
  readonly names: readonly string[];
  /** Up to this position; null: as far as what it is compared with, or to the log's end. */
  readonly at: number | null;
  /** The tables that readers see, those of a generation, or nothing. */
  readonly against: "live" | number | null;
  /** Differing rows to tell of each table, at most. */
  readonly rows: number;
}

/** What became of one read model. */
export interface Replayed {
  readonly name: string;
  readonly generation: number;
  /** Everything up to here was applied. */
  readonly position: number;
  readonly digest: string;
  readonly tables: readonly ReplayedTable[];
  /** What it was compared with; null where that was not asked for, or there is no such thing. */
  readonly against: (Omit<Generation, "identity"> & { readonly digest: string }) | null;
  /** Null where nothing was compared. */
  readonly same: boolean | null;
  /** An event of the log that cannot be applied. */
  readonly failure: Failure | null;
}

export type ReplayTold = { readonly progress: { readonly position: number; readonly to: number; readonly events: number } } | { readonly replayed: Replayed };

export interface Replaying {
  readonly projections: readonly Projection[];
  readonly log: EventLog;
  readonly database: Database;
}

/** Rebuilds read models beside the live ones, in schemas that are dropped afterwards, and tells how they compare. */
export const replay = async ({ projections, log, database }: Replaying, asked: ReplayAsked, tell: (told: ReplayTold) => Promise<void>, signal: AbortSignal): Promise<void> => {
  await sweep(database);
  const wanted = projections.filter(({ name }) => asked.names.includes(name));
  const head = await log.head();
  const found = await Promise.all(wanted.map(({ name }) => generationsOf(database, name, asked.against)));
  await withScratch(database, wanted, async (schemaOf) => {
    const fillings = wanted.map((projection, at): Filling => {
      const until = Math.min(asked.at ?? found[at]?.position ?? head, head);
      return { projection, passing: passing(projection), schema: schemaOf(projection.name), until, position: 0, poison: null };
    });
    const to = Math.max(0, ...fillings.map(({ until }) => until));
    let events = 0;
    const moved = async (position: number, more: number) => tell({ progress: { position, to, events: (events += more) } });
    await fill({ log, database, fillings, signal, moved });
    const waiting = [...fillings];
    const comparing = async () => {
      for (let filling = waiting.shift(); filling; filling = waiting.shift()) {
        signal.throwIfAborted();
        await tell({ replayed: await compare({ log, database, signal }, filling, asked) });
      }
    };
    // The database does all of the work: two of its processes at a time.
    await Promise.all([comparing(), comparing()]);
  });
};
