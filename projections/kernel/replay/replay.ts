import type { EventLog } from "#commands/ports/event-log.ts";
import { described, type Failure } from "#projections/kernel/checkpoint.ts";
import type { Projection } from "#projections/kernel/projection.ts";
import type { Database, Sql, WritableSql } from "#projections/ports/sql.ts";
import { canonicalText, differingBuckets, digestOf, type ModelDigest, type Table, type TableDigest, tablesOf } from "./digest.ts";
import { type Differences, differencesIn, noDifferences } from "./differences.ts";
import { fill, type Filling } from "./fill.ts";
import { generationsOf, type Generation } from "./generations.ts";
import { sweep, withScratch } from "./scratch.ts";

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

export interface ReplayedTable extends Differences {
  readonly table: string;
  /** What the replay made; null where it makes no such table. */
  readonly replayed: Pick<TableDigest, "rows" | "digest"> | null;
  readonly found: Pick<TableDigest, "rows" | "digest"> | null;
  /** Columns that only one of the two has: they are of different generations. */
  readonly unlike: readonly string[];
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
      return { projection, schema: schemaOf(projection.name), until, position: 0, poison: null };
    });
    const to = Math.max(0, ...fillings.map(({ until }) => until));
    let events = 0;
    const moved = async (position: number, more: number) => tell({ progress: { position, to, events: (events += more) } });
    await fill({ log, database, fillings, signal, moved });
    const waiting = [...fillings];
    const comparing = async () => {
      for (let filling = waiting.shift(); filling; filling = waiting.shift()) {
        const one = filling;
        signal.throwIfAborted();
        await tell({ replayed: await steadily(() => compared({ log, database }, one, asked)) });
      }
    };
    // The database does all of the work: two of its processes at a time.
    await Promise.all([comparing(), comparing()]);
  });
};

/** Null: somebody switched the tables meanwhile, and a snapshot does not hold names. */
const steadily = async (compare: () => Promise<Replayed | null>): Promise<Replayed> => {
  for (;;) {
    const replayed = await compare();
    if (replayed) return replayed;
  }
};

/** Both in one snapshot of the database: what the read model has taken in meanwhile goes into the replay first. */
const compared = ({ log, database }: Pick<Replaying, "log" | "database">, filling: Filling, { at, against: wanted, rows: most }: ReplayAsked): Promise<Replayed | null> =>
  database.transaction(async (sql) => {
    await sql.query({ text: "set transaction isolation level repeatable read" });
    await sql.query({ text: `${canonicalText}; set local idle_in_transaction_session_timeout to '60s'` });
    const { projection, schema } = filling;
    const found = await generationsOf(sql, projection.name, wanted);
    if (found && at === null && !filling.poison) await catchUp(sql, log, filling, found.position);
    const mine = await tablesOf(sql, schema);
    const theirs = found ? await tablesOf(sql, found.schema) : [];
    const sides = { sql, schema, found: found?.schema ?? "", most };
    const common = mine.map((table) => inCommon(table, theirs.find(({ name }) => name === table.name)));
    const replayed = await digestOf(sql, schema, found ? common.map(({ table }) => table) : mine);
    const other = found ? await digestOf(sql, found.schema, common.filter(({ there }) => there).map(({ table }) => table)) : null;
    const tables: ReplayedTable[] = [];
    for (const { table, unlike } of common) tables.push(await comparedTable(sides, table, { unlike: found ? unlike : [], replayed, other }));
    const extra = theirs.filter(({ name }) => !mine.some((table) => table.name === name)).map(({ name }): ReplayedTable => ({ ...noDifferences, table: name, replayed: null, found: null, unlike: [] }));
    const all = [...tables, ...extra];
    if (found && (await generationsOf(sql, projection.name, wanted))?.identity !== found.identity) return null;
    const failure = filling.poison && { error: described(filling.poison.cause), position: filling.poison.event.position, event: filling.poison.event.id };
    return {
      name: projection.name,
      generation: projection.generation,
      position: failure ? failure.position - 1 : filling.position,
      digest: replayed.digest,
      tables: all,
      against: found && other && { schema: found.schema, generation: found.generation, position: found.position, digest: other.digest },
      same: found ? !failure && all.every((table) => table.replayed?.digest === table.found?.digest && table.replayed !== null && table.unlike.length === 0) : null,
      failure,
    };
  }, filling.schema);

/** In the transaction that compares, so that nothing comes in behind it. */
const catchUp = async (sql: WritableSql, log: EventLog, filling: Filling, to: number): Promise<void> => {
  const { projection } = filling;
  while (filling.position < to) {
    const page = await log.readAll({ after: filling.position, limit: 500, types: projection.types });
    const events = page.events.filter(({ position }) => position <= to);
    if (events.length > 0) await projection.apply(events.map((event) => projection.decode(event)), sql);
    filling.position = page.caughtUp ? to : Math.min(to, page.position);
  }
};

/** The columns that both have: of the same generation, all of them. */
const inCommon = (mine: Table, theirs: Table | undefined): { readonly table: Table; readonly there: boolean; readonly unlike: readonly string[] } => {
  if (!theirs) return { table: mine, there: false, unlike: [] };
  const columns = mine.columns.filter((column) => theirs.columns.includes(column));
  const unlike = [...mine.columns, ...theirs.columns].filter((column) => !columns.includes(column));
  const key = mine.key.map((at) => columns.indexOf(mine.columns[at] ?? ""));
  return { table: { name: mine.name, columns, key: key.includes(-1) ? [] : key }, there: true, unlike };
};

interface Sides {
  readonly sql: Sql;
  readonly schema: string;
  readonly found: string;
  readonly most: number;
}

const comparedTable = async (
  { sql, schema, found, most }: Sides,
  table: Table,
  { unlike, replayed, other }: { readonly unlike: readonly string[]; readonly replayed: ModelDigest; readonly other: ModelDigest | null },
): Promise<ReplayedTable> => {
  const [mine, theirs] = [replayed, other].map((digest) => digest?.tables.find((one) => one.table === table.name));
  const isOther = mine && theirs && mine.digest !== theirs.digest;
  const differences = isOther ? await differencesIn(sql, { table, found, replayed: schema, buckets: differingBuckets(mine, theirs), most }) : noDifferences;
  const short = (digest: TableDigest | undefined) => (digest ? { rows: digest.rows, digest: digest.digest } : null);
  return { table: table.name, replayed: short(mine), found: short(theirs), unlike, ...differences };
};
