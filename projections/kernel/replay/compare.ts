import type { EventLog } from "#commands/ports/event-log.ts";
import { described } from "#projections/kernel/checkpoint.ts";
import type { Database, WritableSql } from "#projections/ports/sql.ts";
import { canonicalText, digestOf, tablesOf } from "./digest.ts";
import type { Filling } from "./fill.ts";
import { type Generation, generationsOf } from "./generations.ts";
import type { Replayed, ReplayAsked } from "./replay.ts";
import { comparedTables } from "./tables.ts";

interface Stores {
  readonly log: EventLog;
  readonly database: Database;
}

/**
 * A replay beside what it is compared with, in one snapshot of the database: what the read model has taken in meanwhile goes into the
 * replay first. Tried again where somebody switched the tables in between: a snapshot does not hold names.
 */
export const compare = async (stores: Stores, filling: Filling, asked: ReplayAsked): Promise<Replayed> => {
  for (;;) {
    const replayed = await stores.database.transaction((sql) => compareOnce(sql, stores.log, { filling, asked }), filling.schema);
    if (replayed) return replayed;
  }
};

interface Comparing {
  readonly filling: Filling;
  readonly asked: ReplayAsked;
}

const compareOnce = async (sql: WritableSql, log: EventLog, { filling, asked }: Comparing): Promise<Replayed | null> => {
  const { projection, schema, poison } = filling;
  await sql.query({ text: "set transaction isolation level repeatable read" });
  await sql.query({ text: `${canonicalText}; set local idle_in_transaction_session_timeout to '60s'` });
  const found = await generationsOf(sql, projection.name, asked.against);
  if (found && asked.at === null && !poison) await catchUp(sql, log, filling, found.position);
  const { tables, digest, foundDigest } = found ? await comparedTables(sql, { replayed: schema, found: found.schema, most: asked.rows }) : await alone(sql, schema);
  if (found && (await generationsOf(sql, projection.name, asked.against))?.identity !== found.identity) return null;
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

/** Nothing to compare with: what the replay made. */
const alone = async (sql: WritableSql, schema: string) => {
  const digest = await digestOf(sql, schema, await tablesOf(sql, schema));
  const tables = digest.tables.map(({ table, rows, digest }) => ({ table, replayed: { rows, digest }, found: null, unlike: [], added: 0, removed: 0, changed: 0, rows: [], same: false }));
  return { tables, digest: digest.digest, foundDigest: "" };
};

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
