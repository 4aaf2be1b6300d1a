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
  let current: Promise<Line> | undefined;
  let closed = false;

  /** Lets go of one that is of no use: not of another that has taken its place. */
  const drop = async (used: Promise<Line> | undefined) => {
    if (current === used) current = undefined;
    await used?.then(({ client }) => client.end()).catch(() => undefined);
  };
  const connect = (): Promise<Line> => {
    const client = new Client({ ...livelyConnection, ...rawValues, ...config });
    const ready = prepared(client, prepare).then(() => ({ client, free: Promise.resolve() }));
    // Without a listener the loss of an idle connection would end the process. The next query connects again.
    client.on("error", () => void drop(ready));
    return ready;
  };

  const query = async (statement: QueryArrayConfig): Promise<readonly Row[]> => {
    if (closed) throw new Unavailable(what, { cause: new Error("closed") });
    const used = (current ??= connect());
    try {
      return await inTurn(await used, statement);
    } catch (error) {
      if (!isStatementError(error)) void drop(used);
      throw unavailable(error, what);
    }
  };
  const close = async () => {
    closed = true;
    await drop(current);
  };
  return { query, close };
};

interface Line {
  readonly client: Client;
  /** Resolves when all that was asked so far has its answer. */
  free: Promise<unknown>;
}

/** One after the other: `pg` would let them wait likewise, but says that it will not for ever. What waits for one that breaks fails with it. */
const inTurn = (line: Line, statement: QueryArrayConfig): Promise<readonly Row[]> => {
  const rows = line.free.then(async () => (await line.client.query<unknown[]>(statement)).rows);
  line.free = rows.catch(() => undefined);
  return rows;
};

const prepared = async (client: Client, prepare: (client: Client) => Promise<void>): Promise<void> => {
  try {
    await client.connect();
    await prepare(client);
  } catch (error) {
    client.end().catch(() => undefined);
    throw error;
  }
};
