import { readFileSync } from "node:fs";
import type { Client } from "pg";
import { LaterSchema } from "./errors.ts";

const schemaVersion = 1;

/**
 * Makes what the log needs where it is missing; processes that start together take turns. A user that may not create anything can
 * use a log that is there. Throws a defect where a later version made it.
 */
export const prepareSchema = async (client: Client): Promise<void> => {
  if ((await presentVersion(client)) === 0) {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(hashtext('waybill_log'))");
    if ((await presentVersion(client)) === 0) await client.query(text("schema.sql") + text("append.sql"));
    await client.query("commit");
  }
  const version = await presentVersion(client);
  if (version > schemaVersion) throw new LaterSchema(`a later version of Waybill made the schema waybill_log (${version}): start that one`);
};

const presentVersion = async (client: Client): Promise<number> => {
  // A look into the catalogue itself: to_regclass may answer from a cache that is older than the turn.
  const { rowCount } = await client.query("select from pg_tables where schemaname = 'waybill_log' and tablename = 'schema'");
  if (rowCount === 0) return 0;
  const found = await client.query<{ version: string }>("select version from waybill_log.schema");
  return Number(found.rows[0]?.version);
};

const text = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
