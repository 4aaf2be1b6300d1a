import { hash } from "node:crypto";
import type { Sql } from "#projections/ports/sql.ts";

/** One table of a read model: its rows as text, in an order of their own. */
export interface Digest {
  readonly table: string;
  readonly rows: number;
  readonly sha256: string;
}

export interface Comparison {
  readonly digests: readonly Digest[];
  /** In words, the first few of each table; none: the tables are equal. */
  readonly differences: readonly string[];
}

/** Compares every table of these schemas, row by row. */
export const compare = async (live: Sql, rebuilt: Sql, schemas: readonly string[]): Promise<Comparison> => {
  const tables = [...new Set([...(await tablesOf(live, schemas)), ...(await tablesOf(rebuilt, schemas))])].toSorted();
  const compared: { readonly digest: Digest; readonly differences: readonly string[] }[] = [];
  for (const table of tables) {
    const [mine, other] = [await rowsOf(live, table), await rowsOf(rebuilt, table)];
    compared.push({ digest: { table, rows: mine.length, sha256: hash("sha256", mine.join("\n")) }, differences: differences(table, mine, other) });
  }
  return { digests: compared.map(({ digest }) => digest), differences: compared.flatMap(({ differences }) => differences) };
};

const tablesOf = async (sql: Sql, schemas: readonly string[]): Promise<readonly string[]> => {
  const found = await sql.query<{ name: string }>({
    text: "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1)",
    values: [schemas],
  });
  return found.map(({ name }) => name);
};

const rowsOf = async (sql: Sql, table: string): Promise<readonly string[]> => {
  const [found] = await sql.query<{ there: boolean }>({ text: "select to_regclass($1) is not null as there", values: [table] });
  if (found?.there !== true) return ["no such table"];
  const rows = await sql.query<{ row: string }>({ text: `select of_table::text as row from ${table} as of_table` });
  return rows.map(({ row }) => row).toSorted();
};

const shown = 3;

const differences = (table: string, live: readonly string[], rebuilt: readonly string[]): readonly string[] => {
  const [mine, other] = [new Set(live), new Set(rebuilt)];
  const only = live.filter((row) => !other.has(row)).map((row) => `${table}: only live: ${row.slice(0, 300)}`);
  const missing = rebuilt.filter((row) => !mine.has(row)).map((row) => `${table}: only rebuilt: ${row.slice(0, 300)}`);
  const length = live.length === rebuilt.length ? [] : [`${table}: ${live.length} rows live, ${rebuilt.length} rebuilt`];
  return [...length, ...only.slice(0, shown), ...missing.slice(0, shown)];
};
