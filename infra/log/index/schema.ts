import { readFileSync } from "node:fs";
import type { Client } from "pg";
import { LaterSchema } from "#infra/postgres/log/errors.ts";

const schemaVersion = 1;

/**
 * Makes the schema `waybill_index` where it is missing, and again where an earlier version made it: the log fills it. Processes that
 * start together take turns. Throws a defect where a later version made it.
 */
export const prepareIndexSchema = async (client: Client): Promise<void> => {
  if ((await presentVersion(client)) < schemaVersion) await make(client);
  const version = await presentVersion(client);
  if (version > schemaVersion) throw new LaterSchema(`a later version of Waybill made the schema waybill_index (${version}): start that one`);
};

const make = async (client: Client): Promise<void> => {
  await client.query("begin");
  await client.query("select pg_advisory_xact_lock(hashtext('waybill_index'))");
  if ((await presentVersion(client)) < schemaVersion)
    await client.query(`drop schema if exists waybill_index cascade; ${readFileSync(new URL("schema.sql", import.meta.url), "utf8")}`);
  await client.query("commit");
};

/** 0 where there is none. */
const presentVersion = async (client: Client): Promise<number> => {
  // A look into the catalogue itself: to_regclass may answer from a cache that is older than the turn.
  const { rowCount } = await client.query("select from pg_tables where schemaname = 'waybill_index' and tablename = 'schema'");
  if (rowCount === 0) return 0;
  const found = await client.query<{ version: string }>("select version from waybill_index.schema");
  return Number(found.rows[0]?.version);
};
