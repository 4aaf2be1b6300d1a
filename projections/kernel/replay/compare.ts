import type { EventLog } from "#commands/ports/event-log.ts";
import { described } from "#projections/kernel/checkpoint.ts";
import type { Database, Sql, WritableSql } from "#projections/ports/sql.ts";
import { canonicalText, digestOf, type ModelDigest, modelDigest, tablesOf } from "./digest.ts";
import { fill, type Filling } from "./fill.ts";
import { type Generation, generationsOf } from "./generations.ts";
import type { Replayed, ReplayAsked } from "./replay.ts";
import { comparedInPassing, comparedTables } from "./tables.ts";

interface Stores {
  readonly log: EventLog;
  readonly database: Database;
  readonly signal: AbortSignal;
}

/**
 * A replay beside what it is compared with, in one snapshot of the database: what the read model has taken in meanwhile goes into the
 * replay first. Tried again where somebody switched the tables in between, since a snapshot does not hold names; and with its rows,
 * where those only passed and their digest tells of a difference.
 */
export const compare = async ({ signal, ...stores }: Stores, filling: Filling, asked: ReplayAsked): Promise<Replayed> => {
  for (let now = filling; ; ) {
    const replayed = await stores.database.transaction((sql) => compareOnce(sql, stores.log, { filling: now, asked }), now.schema);
    if (replayed === "differs") {
      now = { ...now, passing: null, until: now.position, position: 0 };
      await fill({ ...stores, fillings: [now], signal, moved: async () => undefined });
    } else if (replayed !== "switched") return replayed;
  }
};

interface Comparing {
  readonly filling: Filling;
  readonly asked: ReplayAsked;
}

const compareOnce = async (sql: WritableSql, log: EventLog, { filling, asked }: Comparing): Promise<Replayed | "switched" | "differs"> => {
  const { projection, poison } = filling;
  await sql.query({ text: "set transaction isolation level repeatable read" });
  // Room for a digest to sort a million hashes in.
  await sql.query({ text: `${canonicalText}; set local work_mem to '64MB'; set local idle_in_transaction_session_timeout to '60s'` });
  const found = await generationsOf(sql, projection.name, asked.against);
  if (found && asked.at === null && !poison) await catchUp(sql, log, filling, found.position);
  const compared = await comparedIn(sql, filling, { found, most: asked.rows });
  if (found && (await generationsOf(sql, projection.name, asked.against))?.identity !== found.identity) return "switched";
  if (!compared) return "differs";
  const { tables, digest, foundDigest } = compared;
  const failure = poison && { error: described(poison.cause), position: poison.event.position, event: poison.event.id };
  return {
    name: projection.name,
    generation: projection.generation,
    position: failure ? failure.position - 1 : filling.position,
    digest,
    tables,
    against: found && shownOf(found, foundDigest),
    same: found ? !failure && tables.every(({ same }) => same) : null,
    failure,
  };
};

const shownOf = ({ schema, generation, position }: Generation, digest: string) => ({ schema, generation, position, digest });

const comparedIn = async (sql: Sql, { passing, projection, schema }: Filling, { found, most }: { readonly found: Generation | null; readonly most: number }) => {
  const appends = projection.appends?.table ?? null;
  if (found) return passing ? comparedInPassing(sql, passing, found.schema) : comparedTables(sql, { replayed: schema, found: found.schema, appends, most });
  return alone(passing ? modelDigest([passing.digest()]) : await digestOf(sql, schema, await tablesOf(sql, schema)));
};

/** Nothing to compare with: what the replay made. */
const alone = (digest: ModelDigest) => {
  const tables = digest.tables.map(({ table, rows, digest }) => ({ table, replayed: { rows, digest }, found: null, unlike: [], added: 0, removed: 0, changed: 0, rows: [], same: false }));
  return { tables, digest: digest.digest, foundDigest: "" };
};

/** In the transaction that compares, so that nothing comes in behind it. */
const catchUp = async (sql: WritableSql, log: EventLog, filling: Filling, to: number): Promise<void> => {
  const { passing, projection } = filling;
  while (filling.position < to) {
    const page = await log.readAll({ after: filling.position, limit: 500, types: projection.types });
    const events = page.events.filter(({ position }) => position <= to);
    if (passing) passing.see(events);
    else if (events.length > 0) await projection.apply(events.map((event) => projection.decode(event)), sql);
    filling.position = page.caughtUp ? to : Math.min(to, page.position);
  }
};
