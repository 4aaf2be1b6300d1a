import { readFileSync } from "node:fs";
import type { Client } from "pg";

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
  if (version > schemaVersion) throw new Error(`a later version of Waybill made the schema waybill_log (${version}): start that one`);
};

const presentVersion = async (client: Client): Promise<number> => {
  const { rows } = await client.query<{ there: string | null }>("select to_regclass('waybill_log.schema') as there");
  if (!rows[0]?.there) return 0;
  const found = await client.query<{ version: string }>("select version from waybill_log.schema");
  return Number(found.rows[0]?.version);
};

const text = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
