import { hash } from "node:crypto";
import type { Sql } from "#projections/ports/sql.ts";

/** A table of a read model, with its columns in their order. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of the primary key, as places among the columns; empty where there is none. */
  readonly key: readonly number[];
  /** It only grows: its rows are hashed in the order of its first column, a position. */
  readonly grows?: boolean;
}

/** Of the rows of a stretch of positions, in their order; or of those whose hashes begin with the same byte, in the hashes' order. */
export interface Bucket {
  readonly bucket: number;
  readonly rows: number;
  /** SHA-256 over the rows' hashes, in lower-case hex. */
  readonly digest: string;
}

/** Positions of a bucket of a table that grows, as a power of two. */
export const stretchBits = 12;

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

/** By which rows belong together: an expression over a row and its `hash`. */
export const bucketOf = ({ columns, grows }: Pick<Table, "columns" | "grows">, hash: string): string =>
  grows === true ? `${quoted(columns[0] ?? "")} >> ${stretchBits}` : `get_byte(${hash}, 0)`;

/**
 * What a read model holds, in 32 bytes: the hashes of its rows in an order that does not depend on where a row lies. `audit verify` and
 * `audit replay` compare by this alone.
 */
export const digestOf = async (sql: Sql, schema: string, tables: readonly Table[]): Promise<ModelDigest> => {
  const digests: TableDigest[] = [];
  for (const table of tables) digests.push(tableDigest(table.name, await bucketsOf(sql, schema, table)));
  return modelDigest(digests);
};

export const modelDigest = (tables: readonly TableDigest[]): ModelDigest => ({
  rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  digest: hash("sha256", tables.map(({ table, rows, digest }) => `${table} ${rows} ${digest}\n`).join("")),
  tables,
});

export const tableDigest = (table: string, buckets: readonly Bucket[]): TableDigest => ({
  table,
  rows: buckets.reduce((sum, { rows }) => sum + rows, 0),
  digest: hash("sha256", buckets.map(({ bucket, rows, digest }) => `${bucket} ${rows} ${digest}\n`).join("")),
  buckets,
});

/** The `offset` keeps the planner from working out each hash anew wherever it is named: three times. */
const bucketsOf = (sql: Sql, schema: string, table: Table): Promise<readonly Bucket[]> => {
  const place = table.grows === true ? quoted(table.columns[0] ?? "") : null;
  return sql.query<Bucket>({
    text: `select ${bucketOf(table, "hash")} as bucket, count(*)::int as rows, encode(sha256(string_agg(hash, ''::bytea order by ${place ?? "hash"})), 'hex') as digest
             from (select ${place === null ? "" : `${place}, `}${rowHash(table)} as hash from ${quoted(schema)}.${quoted(table.name)} offset 0) as hashed group by 1 order by 1`,
  });
};

/** Buckets that the two have not in common. */
export const differingBuckets = (one: TableDigest, other: TableDigest): readonly number[] => {
  const byBucket = new Map(other.buckets.map(({ bucket, digest }) => [bucket, digest]));
  const differing = one.buckets.filter(({ bucket, digest }) => byBucket.get(bucket) !== digest).map(({ bucket }) => bucket);
  const known = new Set(one.buckets.map(({ bucket }) => bucket));
  return [...differing, ...other.buckets.filter(({ bucket }) => !known.has(bucket)).map(({ bucket }) => bucket)];
};

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
