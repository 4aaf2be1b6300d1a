import { hash } from "node:crypto";
import type { Sql } from "#projections/ports/sql.ts";

/** A table of a read model, with its columns in their order. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of the primary key, as places among the columns; empty where there is none. */
  readonly key: readonly number[];
}

/** Of the rows whose hashes begin with the same byte. */
interface Bucket {
  readonly bucket: number;
  readonly rows: number;
  readonly digest: string;
}

export interface TableDigest {
  readonly table: string;
  readonly rows: number;
  /** Lower-case hex. */
  readonly digest: string;
  readonly buckets: readonly Bucket[];
}

export interface ModelDigest {
  readonly rows: number;
  /** Lower-case hex. */
  readonly digest: string;
  readonly tables: readonly TableDigest[];
}

/** How values are written where they differ: the same whatever the server's settings. Holds until the end of the transaction. */
export const canonicalText = "set local timezone to 'UTC'; set local datestyle to 'ISO, YMD'; set local bytea_output to hex; set local extra_float_digits to 1";

export const tablesOf = (sql: Sql, schema: string): Promise<readonly Table[]> =>
  sql.query<Table>({
    name: "replay_tables",
    text: `select c.relname::text as name, array_agg(a.attname::text order by a.attnum) as columns,
                  coalesce((select array_agg((select count(*)::int from pg_attribute b where b.attrelid = c.oid and b.attnum > 0 and not b.attisdropped and b.attnum < k.attnum) order by k.place)
                              from pg_index i cross join lateral unnest(i.indkey::int[]) with ordinality as k (attnum, place)
                             where i.indrelid = c.oid and i.indisprimary), '{}') as key
             from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relkind = 'r' and c.relnamespace = to_regnamespace($1) group by c.oid, c.relname order by c.relname collate "C"`,
    values: [schema],
  });

/** SHA-256 of a row in PostgreSQL's binary form: its columns' types and values in the columns' order. Half the work of its text. */
export const rowHash = ({ columns }: Pick<Table, "columns">): string => `sha256(record_send(row(${columns.map(quoted).join(", ")})))`;

/**
 * What a read model holds, in 32 bytes: of each table the hashes of its rows in the hashes' order, so that nothing depends on where a
 * row lies. `audit verify` and `audit replay` compare by this alone.
 */
export const digestOf = async (sql: Sql, schema: string, tables: readonly Table[]): Promise<ModelDigest> => {
  const digests: TableDigest[] = [];
  for (const table of tables) digests.push(await tableDigest(sql, schema, table));
  return {
    rows: digests.reduce((sum, { rows }) => sum + rows, 0),
    digest: hash("sha256", digests.map(({ table, rows, digest }) => `${table} ${rows} ${digest}\n`).join("")),
    tables: digests,
  };
};

/** The `offset` keeps the planner from working out each hash anew wherever it is named: three times. */
const tableDigest = async (sql: Sql, schema: string, table: Table): Promise<TableDigest> => {
  const buckets = await sql.query<Bucket>({
    text: `select get_byte(hash, 0) as bucket, count(*)::int as rows, encode(sha256(string_agg(hash, ''::bytea order by hash)), 'hex') as digest
             from (select ${rowHash(table)} as hash from ${quoted(schema)}.${quoted(table.name)} offset 0) as hashed group by 1 order by 1`,
  });
  return {
    table: table.name,
    rows: buckets.reduce((sum, { rows }) => sum + rows, 0),
    digest: hash("sha256", buckets.map(({ bucket, rows, digest }) => `${bucket} ${rows} ${digest}\n`).join("")),
    buckets,
  };
};

/** Buckets that the two have not in common. */
export const differingBuckets = (one: TableDigest, other: TableDigest): readonly number[] => {
  const byBucket = new Map(other.buckets.map(({ bucket, digest }) => [bucket, digest]));
  const differing = one.buckets.filter(({ bucket, digest }) => byBucket.get(bucket) !== digest).map(({ bucket }) => bucket);
  const known = new Set(one.buckets.map(({ bucket }) => bucket));
  return [...differing, ...other.buckets.filter(({ bucket }) => !known.has(bucket)).map(({ bucket }) => bucket)];
};

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
