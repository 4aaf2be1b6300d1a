import type { Config } from "./config.ts";
import type { DataFolder } from "./data-folder.ts";
import { startEmbeddedPostgres } from "./embedded-postgres/embedded-postgres.ts";
import type { Logger } from "./log.ts";

/** A PostgreSQL server that answers at `url`: the configured one, or a private one that ends with this process. */
export interface DatabaseServer extends AsyncDisposable {
  readonly url: string;
}

export const openDatabaseServer = async (config: Config, folder: DataFolder, logger: Logger): Promise<DatabaseServer> =>
  config.DATABASE_URL === undefined
    ? startEmbeddedPostgres({ folder: folder.at("postgres"), log: (message, fields) => logger.info(message, fields) })
    : { url: config.DATABASE_URL, [Symbol.asyncDispose]: async () => undefined };
