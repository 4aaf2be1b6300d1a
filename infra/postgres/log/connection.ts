import { Client, type ClientConfig, type QueryArrayConfig } from "pg";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Row } from "#infra/log/rows.ts";
import { isStatementError, unavailable } from "./errors.ts";

/** Values arrive as PostgreSQL writes them: no parser is registered for the whole process. */
export const rawValues = { types: { getTypeParser: () => (text: string) => text } };

/** A connection that a dead peer cannot hold for ever. */
export const livelyConnection = { keepAlive: true, connectionTimeoutMillis: 5000, query_timeout: 60_000 } satisfies ClientConfig;

/** One connection, made when it is needed and again after it was lost. Throws `Unavailable(what)` while it cannot be made. */
export interface Connection {
  readonly query: (statement: QueryArrayConfig) => Promise<readonly Row[]>;
  readonly close: () => Promise<void>;
}

export const connection = (config: ClientConfig, prepare: (client: Client) => Promise<void>, what = "log"): Connection => {
  let current: Promise<Client> | undefined;
  let closed = false;

  const drop = async () => {
    const dropped = current;
    current = undefined;
    await dropped?.then((client) => client.end()).catch(() => undefined);
  };
  const connect = (): Promise<Client> => {
    const client = new Client({ ...livelyConnection, ...rawValues, ...config });
    const ready = prepared(client, prepare);
    // Without a listener the loss of an idle connection would end the process. The next query connects again.
    client.on("error", () => {
      if (current === ready) void drop();
    });
    return ready;
  };

  const query = async (statement: QueryArrayConfig): Promise<readonly Row[]> => {
    if (closed) throw new Unavailable(what, { cause: new Error("closed") });
    try {
      current ??= connect();
      const { rows } = await (await current).query<unknown[]>(statement);
      return rows;
    } catch (error) {
      if (!isStatementError(error)) void drop();
      throw unavailable(error, what);
    }
  };
  const close = async () => {
    closed = true;
    await drop();
  };
  return { query, close };
};

const prepared = async (client: Client, prepare: (client: Client) => Promise<void>): Promise<Client> => {
  try {
    await client.connect();
    await prepare(client);
    return client;
  } catch (error) {
    client.end().catch(() => undefined);
    throw error;
  }
};
