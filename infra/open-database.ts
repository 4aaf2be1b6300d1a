import type { ClientConfig } from "pg";
import { type Config, tlsSettings } from "./config.ts";
import type { Place } from "./data-folder.ts";
import { startEmbeddedPostgres } from "./embedded-postgres/embedded-postgres.ts";
import type { Logger } from "./log.ts";
import { answering } from "./postgres/answering.ts";
import { tlsOf } from "./tls.ts";

/** A PostgreSQL server that answers: the configured one, or a private one that ends with this process. */
export interface DatabaseServer extends AsyncDisposable {
  /** How to reach it, as `pg` takes it. */
  readonly connect: ClientConfig;
  /** Resolves when a private one has ended by itself: nothing but a new start brings it back. One that is configured may come back. */
  readonly lost: Promise<Error>;
}

export const openDatabaseServer = async (config: Config, folder: Place, logger: Logger): Promise<DatabaseServer> => {
  const { DATABASE_URL: url } = config;
  if (url === undefined) {
    const server = await startEmbeddedPostgres({ folder: folder.at("postgres"), log: (message, fields) => logger.info(message, fields) });
    return { connect: { connectionString: server.url, ssl: false }, lost: server.lost, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }
  const ssl = await tlsOf(tlsSettings(config, "DATABASE"));
  const connect = { connectionString: withoutTls(url), ssl: ssl ?? false };
  await answering(connect, logger);
  return { connect, lost: new Promise(() => undefined), [Symbol.asyncDispose]: async () => undefined };
};

/** What stands in the URL would take the place of `ssl`, be it the same. */
const withoutTls = (url: string): string => {
  const given = new URL(url);
  if (!given.searchParams.has("sslmode")) return url;
  given.searchParams.delete("sslmode");
  return given.href;
};
