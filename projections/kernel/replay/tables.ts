import type { Sql } from "#projections/ports/sql.ts";
import { type Differences, differencesIn, noDifferences } from "./differences.ts";
import { differingBuckets, digestOf, modelDigest, type Table, type TableDigest, tablesOf } from "./digest.ts";
import type { Passing } from "./passing.ts";

export interface ReplayedTable extends Differences {
  readonly table: string;
  /** What the replay made; null where it makes no such table. */
  readonly replayed: Pick<TableDigest, "rows" | "digest"> | null;
  readonly found: Pick<TableDigest, "rows" | "digest"> | null;
  /** Columns that only one of the two has: they are of different generations. */
  readonly unlike: readonly string[];
  readonly same: boolean;
}

interface Schemas {
  readonly replayed: string;
  readonly found: string;
  /** The table of them that only grows. */
  readonly appends: string | null;
  /** Differing rows to tell of each table, at most. */
  readonly most: number;
}

/** All tables of two schemas: by digest, and row by row where that says that there is something to find. */
export const comparedTables = async (sql: Sql, schemas: Schemas) => {
  const [mine, theirs] = [await tablesOf(sql, schemas.replayed), await tablesOf(sql, schemas.found)];
  const common = mine.flatMap((table) => inCommon({ ...table, grows: table.name === schemas.appends }, theirs.find(({ name }) => name === table.name)) ?? []);
  const columns = common.map(({ table }) => table);
  const [replayed, found] = [await digestOf(sql, schemas.replayed, columns), await digestOf(sql, schemas.found, columns)];
  const tables: ReplayedTable[] = [];
  for (const [at, { table, unlike }] of common.entries()) {
    const [here, there] = [replayed.tables[at], found.tables[at]];
    if (here && there) tables.push(await comparedTable(sql, schemas, { table, unlike, here, there }));
  }
  const names = new Set(columns.map(({ name }) => name));
  for (const { name } of mine) if (!names.has(name)) tables.push({ ...onlyOne(name), replayed: nothing });
  for (const { name } of theirs) if (!names.has(name)) tables.push({ ...onlyOne(name), found: nothing });
  return { tables, digest: replayed.digest, foundDigest: found.digest };
};

/** A table whose rows only passed, by digest: null where that tells of a difference. */
export const comparedInPassing = async (sql: Sql, { table, digest }: Passing, found: string) => {
  const [theirs, ...more] = await tablesOf(sql, found);
  if (more.length > 0 || theirs?.name !== table.name || theirs.columns.join() !== table.columns.join()) return null;
  const [replayed, there] = [modelDigest([digest()]), await digestOf(sql, found, [table])];
  if (replayed.digest !== there.digest) return null;
  const tables = replayed.tables.map((one) => ({ ...noDifferences, table: one.table, replayed: short(one), found: short(one), unlike: [], same: true }));
  return { tables, digest: replayed.digest, foundDigest: there.digest };
};

const nothing = { rows: 0, digest: "" };
const onlyOne = (table: string): ReplayedTable => ({ ...noDifferences, table, replayed: null, found: null, unlike: [], same: false });

/** The columns that both have: of the same generation, all of them. */
const inCommon = (mine: Table, theirs: Table | undefined): { readonly table: Table; readonly unlike: readonly string[] } | null => {
  if (!theirs) return null;
  const columns = mine.columns.filter((column) => theirs.columns.includes(column));
  const unlike = [...mine.columns, ...theirs.columns].filter((column) => !columns.includes(column));
  const key = mine.key.map((at) => columns.indexOf(mine.columns[at] ?? ""));
  return { table: { ...mine, columns, key: key.includes(-1) ? [] : key }, unlike };
};

interface Both {
  readonly table: Table;
  readonly unlike: readonly string[];
  readonly here: TableDigest;
  readonly there: TableDigest;
}

const comparedTable = async (sql: Sql, { replayed, found, most }: Schemas, { table, unlike, here, there }: Both): Promise<ReplayedTable> => {
  const isSame = here.digest === there.digest;
  const differences = isSame ? noDifferences : await differencesIn(sql, { table, found, replayed, buckets: differingBuckets(here, there), most });
  return { table: table.name, replayed: short(here), found: short(there), unlike, same: isSame && unlike.length === 0, ...differences };
};

const short = ({ rows, digest }: TableDigest) => ({ rows, digest });
