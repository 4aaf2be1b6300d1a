import { Client } from "pg";
import { openLeases } from "#infra/leases.ts";
import { openDatabase } from "#infra/postgres/open-database.ts";
import { projections } from "#infra/projections.ts";
import { runProjections } from "#projections/kernel/run.ts";
import { watchProjections } from "#projections/kernel/watch.ts";
import { compare, type Comparison } from "./compare.ts";
import type { Stage } from "./parts/stage.ts";
import { openSharedLog } from "./programs/open-log.ts";

const patienceMs = 300_000;

/** The live read models beside those that a newcomer makes of the same log in a database of its own. */
export const compareWithRebuild = async ({ engine, database, undisturbed }: Stage): Promise<Comparison> => {
  await using opened = new AsyncDisposableStack();
  const scratch = new URL(database);
  scratch.pathname = "/rebuilt";
  await createDatabase(database, "rebuilt");
  const live = opened.use(openDatabase({ connectionString: database }, 2));
  const rebuilt = opened.use(openDatabase({ connectionString: scratch.href }, 8));
  // An index of the log is a read model, too: the newcomer makes its own.
  const environment = engine === "postgres" ? undisturbed : { ...undisturbed, DATABASE_URL: scratch.href };
  const log = opened.use(await openSharedLog(environment));
  const leases = opened.use(openLeases({ connectionString: scratch.href }, null));
  const watched = opened.use(watchProjections({ projections, database: rebuilt, log, leases }));
  opened.use(runProjections(watched, { owner: "newcomer" }));
  const head = await log.head();
  for (const { name } of projections) {
    const { position, stale } = await watched.reached(name, head, patienceMs);
    if (stale) return { digests: [], differences: [`${name}: the rebuild stands at ${position} of ${head}`] };
  }
  return await compare(live, rebuilt, projections.map(({ name }) => name));
};

const createDatabase = async (url: string, name: string): Promise<void> => {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
};
