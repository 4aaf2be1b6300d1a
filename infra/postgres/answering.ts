import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig, DatabaseError } from "pg";
import { CannotStart } from "#infra/cannot-start.ts";
import type { Logger } from "#infra/log.ts";

/** PostgreSQL 15, as the server numbers itself. */
const oldest = 150_000;

/**
 * Resolves when the configured server takes this user to this database. One that says that it is starting is waited for;
 * `CannotStart` where it does not answer, or does not want us: whoever started us knows what to do about it.
 */
export const answering = async (connect: ClientConfig, logger: Logger, patienceMs = 15_000): Promise<void> => {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++)
    try {
      return checkVersion(await versionOf(connect));
    } catch (error) {
      if (error instanceof CannotStart) throw error;
      const reason = reasonOf(error);
      if (!isStarting(error) || Date.now() >= deadline)
        throw new CannotStart(`cannot use the PostgreSQL of DATABASE_URL, ${placeOf(connect)}: ${reason}`, { cause: error });
      if (attempt === 0) logger.info("waiting for the PostgreSQL of DATABASE_URL", { place: placeOf(connect), reason });
      await sleep(250);
    }
};

const versionOf = async (connect: ClientConfig): Promise<number> => {
  const client = new Client({ ...connect, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version_num') as version");
    return Number(rows[0]?.version);
  } finally {
    await client.end().catch(() => undefined);
  }
};

const checkVersion = (version: number): void => {
  if (version < oldest) throw new CannotStart(`the PostgreSQL of DATABASE_URL is version ${Math.floor(version / 10_000)}: Waybill needs 15 or newer`);
};

/** `cannot_connect_now`. */
const isStarting = (error: unknown): boolean => error instanceof DatabaseError && error.code === "57P03";

/** Of several addresses that were tried, the first's. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
};

/** Without the password. */
const placeOf = ({ connectionString = "" }: ClientConfig): string => {
  const { host, pathname } = new URL(connectionString);
  return `${host}${pathname}`;
};
