/** One statement; a `name` has PostgreSQL prepare it once per connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/**
 * PostgreSQL as the read side sees it: one connection or a pool of them. Rejects with `Unavailable` when the server is away,
 * and with the server's own error otherwise. bigint columns arrive as numbers, timestamptz as ISO 8601 strings.
 */
export interface Sql {
  query<Row extends object>(statement: Statement): Promise<readonly Row[]>;
}
