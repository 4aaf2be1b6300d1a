/** One statement; a `name` has PostgreSQL prepare it once per connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
  /** It takes the longer the more rows there are, and may take very long. */
  readonly long?: boolean;
}

/**
 * PostgreSQL as the read side sees it: one connection or a pool of them. Rejects with `Unavailable` when the server is away or
 * asks to try again (serialization failure, deadlock), and with the server's own error otherwise. bigint columns arrive as
 * numbers, timestamptz as ISO 8601 strings.
 */
export interface Sql {
  query<Row extends object>(statement: Statement): Promise<readonly Row[]>;
}

/** What `copyRow` made. An iterator is asked for the next ones while the server takes in those before; it should not throw. */
export type CopyRows = readonly string[] | IteratorObject<string>;

/** One connection inside a transaction, as a projection writes through it. */
export interface WritableSql extends Sql {
  /** COPY, the fastest way in: `into` names table and columns. */
  copy(into: string, rows: CopyRows): Promise<void>;
}

/** The server of the read models. */
export interface Database extends Sql {
  /** All of `work` or nothing, on one connection. Names without a schema are looked up in `schema`. */
  transaction<Result>(work: (sql: WritableSql) => Promise<Result>, schema?: string): Promise<Result>;
}
