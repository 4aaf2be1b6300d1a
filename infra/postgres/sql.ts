import { type ClientBase, type CustomTypesConfig, escapeIdentifier, Pool, type PoolClient, type PoolConfig, types as stock } from "pg";
import type { Database, Sql, Statement, WritableSql } from "#projections/ports/sql.ts";
import { Copy } from "./copy.ts";
import { translated } from "./errors.ts";

/** A peer that is gone without a word would hold a statement for hours; none of ours takes nearly as long as this … */
const mostMs = 120_000;
/** … but those that go over whole tables: an index of 100,000,000 rows takes minutes. */
const longMs = 3_600_000;

/** A pool whose idle connections may break without ending the process. */
export const openPool = (config: PoolConfig): Pool => {
  const pool = new Pool({ application_name: "waybill", keepAlive: true, connectionTimeoutMillis: 10_000, query_timeout: mostMs, ...config });
  // The next statement meets the same fault and rejects; here there is nobody to tell.
  pool.on("error", ignore);
  return pool;
};

/** Statements over a pool or one client, with the parsers of the port; those of other users of `pg` stay as they are. */
export const sqlOver = (source: Pool | ClientBase): Sql => ({
  query: async <Row extends object>({ name, text, values, long }: Statement) => {
    try {
      const { rows } = await source.query<Row>({
        text,
        types,
        ...(name === undefined ? {} : { name }),
        ...(values === undefined ? {} : { values: [...values] }),
        ...(long === true ? { query_timeout: longMs } : {}),
      });
      return rows;
    } catch (error) {
      throw translated(error);
    }
  },
});

/** The read models' server over a pool. Give the runner of projections one of its own: readers must not starve it. */
export const databaseOver = (pool: Pool): Database => ({
  ...sqlOver(pool),
  transaction: (work, schema) => transaction(pool, work, schema),
});

/** All of `work` or nothing. After `Unavailable` nobody knows whether the commit arrived: look at what is there. */
export const transaction = async <Result>(
  pool: Pool,
  work: (sql: WritableSql) => Promise<Result>,
  schema?: string,
): Promise<Result> => {
  const client = await pool.connect().catch((error: unknown) => {
    throw translated(error);
  });
  // A connection that breaks between two statements: the next one rejects; without a listener the process would end.
  client.on("error", ignore);
  let broken: Error | undefined;
  try {
    await client.query(beginning(schema));
    const result = await work(writable(client));
    const { command } = await client.query("commit");
    if (command !== "COMMIT") throw new Error("a statement of this transaction failed, and that was not passed on");
    return result;
  } catch (error) {
    await client.query("rollback").catch((lost: Error) => (broken = lost));
    throw translated(error);
  } finally {
    client.off("error", ignore);
    client.release(broken);
  }
};

const beginning = (schema: string | undefined): string =>
  // A holder that hangs in the middle (a stopped process, a cut network) must not keep its rows from who takes over.
  `begin; set local idle_in_transaction_session_timeout = '5s'${schema === undefined ? "" : `; set local search_path to ${escapeIdentifier(schema)}`}`;

const writable = (client: PoolClient): WritableSql => ({
  ...sqlOver(client),
  copy: (into, rows) =>
    new Promise((resolve, reject) => {
      client.query(new Copy(into, rows, (error) => (error ? reject(translated(error)) : resolve())));
    }),
});

const parseBigint = Number;

/** `2026-11-21 17:32:00.5+00`, as the server writes it in any time zone. */
const parseTimestamptz = (text: string): string => new Date(text.replace(" ", "T").replace(/[+-]\d\d$/, "$&:00")).toISOString();

const types: CustomTypesConfig = {
  getTypeParser: (id, format): unknown => {
    if (id === stock.builtins.INT8) return parseBigint;
    if (id === stock.builtins.TIMESTAMPTZ) return parseTimestamptz;
    return stock.getTypeParser(id, format);
  },
};

const ignore = (): void => undefined;
