import type { Config } from "./config.ts";
import type { DataFolder } from "./data-folder.ts";
import { startEmbeddedPostgres } from "./embedded-postgres/embedded-postgres.ts";
import type { Logger } from "./log.ts";
import { answering } from "./postgres/answering.ts";

/** A PostgreSQL server that answers at `url`: the configured one, or a private one that ends with this process. */
export interface DatabaseServer extends AsyncDisposable {
  readonly url: string;
  /** Resolves when a private one has ended by itself: nothing but a new start brings it back. One that is configured may come back. */
  readonly lost: Promise<Error>;
}

export const openDatabaseServer = async ({ DATABASE_URL: url }: Config, folder: DataFolder, logger: Logger): Promise<DatabaseServer> => {
  if (url === undefined) return startEmbeddedPostgres({ folder: folder.at("postgres"), log: (message, fields) => logger.info(message, fields) });
  await answering(url, logger);
  return { url, lost: new Promise(() => undefined), [Symbol.asyncDispose]: async () => undefined };
};
