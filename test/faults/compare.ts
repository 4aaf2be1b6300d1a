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

/** Compares every table of these schemas, row by row, and the index of the log where there is one. */
export const compare = async (live: Sql, rebuilt: Sql, schemas: readonly string[]): Promise<Comparison> => {
  const compared: { readonly digest: Digest; readonly differences: readonly string[] }[] = [];
  for (const { table, rows } of await questions([live, rebuilt], schemas)) {
    const [mine, other] = [await rowsOf(live, rows), await rowsOf(rebuilt, rows)];
    compared.push({ digest: { table, rows: mine.length, sha256: hash("sha256", mine.join("\n")) }, differences: differences(table, mine, other) });
  }
  return { digests: compared.map(({ digest }) => digest), differences: compared.flatMap(({ differences }) => differences) };
};

interface Question {
  readonly table: string;
  /** Answers with one column of text, `row`. */
  readonly rows: string;
}

const questions = async (both: readonly Sql[], schemas: readonly string[]): Promise<readonly Question[]> => {
  const tables = new Set<string>();
  for (const sql of both) for (const table of await tablesOf(sql, [...schemas, "waybill_index"])) tables.add(table);
  const own = [...tables].filter((table) => !table.startsWith("waybill_index.")).toSorted();
  const ofTables = own.map((table) => ({ table, rows: `select of_table::text as row from ${table} as of_table` }));
  return own.length === tables.size ? ofTables : [...ofTables, ...ofIndex];
};

// Its numbers of streams are nobody's business.
const ofIndex: readonly Question[] = [
  { table: "waybill_index.places", rows: "select (name, p.revision, position, p.id)::text as row from waybill_index.places p join waybill_index.streams s on s.id = p.stream" },
  { table: "waybill_index.commands", rows: "select (command, name, c.revision, size)::text as row from waybill_index.commands c join waybill_index.streams s on s.id = c.stream" },
];

const tablesOf = async (sql: Sql, schemas: readonly string[]): Promise<readonly string[]> => {
  const found = await sql.query<{ name: string }>({
    text: "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1)",
    values: [schemas],
  });
  return found.map(({ name }) => name);
};

const rowsOf = async (sql: Sql, text: string): Promise<readonly string[]> => (await sql.query<{ row: string }>({ text })).map(({ row }) => row).toSorted();

const shown = 3;

const differences = (table: string, live: readonly string[], rebuilt: readonly string[]): readonly string[] => {
  const [mine, other] = [new Set(live), new Set(rebuilt)];
  const only = live.filter((row) => !other.has(row)).map((row) => `${table}: only live: ${row.slice(0, 300)}`);
  const missing = rebuilt.filter((row) => !mine.has(row)).map((row) => `${table}: only rebuilt: ${row.slice(0, 300)}`);
  const length = live.length === rebuilt.length ? [] : [`${table}: ${live.length} rows live, ${rebuilt.length} rebuilt`];
  return [...length, ...only.slice(0, shown), ...missing.slice(0, shown)];
};
