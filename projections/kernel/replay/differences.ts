import type { Sql } from "#projections/ports/sql.ts";
import { bucketOf, quoted, rowHash, type Table } from "./digest.ts";

/** A row that the two do not have in common; values as PostgreSQL writes them, cut where they are long. */
export interface RowDifference {
  /** `added`: the read model has it and the replay has not; `removed`: the other way round. */
  readonly change: "added" | "removed" | "changed";
  /** Values of the primary key by column; of all columns where the table has none. */
  readonly key: Readonly<Record<string, string | null>>;
  /** What differs, by column: in the replay, and in the read model. */
  readonly columns: Readonly<Record<string, { readonly replayed: string | null; readonly found: string | null }>>;
}

export interface Differences {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** The first of them, by key. */
  readonly rows: readonly RowDifference[];
}

export const noDifferences: Differences = { added: 0, removed: 0, changed: 0, rows: [] };

interface Compared {
  readonly table: Table;
  /** Schemas. */
  readonly found: string;
  readonly replayed: string;
  /** Of the rows that may differ. */
  readonly buckets: readonly number[];
  /** Rows to tell, at most. */
  readonly most: number;
}

interface Row {
  readonly replayed: readonly (string | null)[] | null;
  readonly found: readonly (string | null)[] | null;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

/** Row by row, where digests have said that there is something to find. */
export const differencesIn = async (sql: Sql, { table, found, replayed, buckets, most }: Compared): Promise<Differences> => {
  const { columns, key, name } = table;
  const values = `array[${columns.map((column) => `${quoted(column)}::text`).join(", ")}]`;
  const side = (schema: string, one: number) =>
    `select ${values} as row, ${one} as one from ${quoted(schema)}.${quoted(name)} where ${bucketOf(table, rowHash(table))} = any($1::bigint[])`;
  const keyOf = key.length === 0 ? "row" : `array[${key.map((at) => `row[${at + 1}]`).join(", ")}]`;
  const rows = await sql.query<Row>({
    text: `with odd as (select row, sum(one) as one from (${side(found, 1)} union all ${side(replayed, -1)}) as both_sides group by row having sum(one) <> 0),
             paired as (select ${keyOf} as key, min(row) filter (where one > 0) as found, min(row) filter (where one < 0) as replayed from odd group by 1)
           select found, replayed, count(*) filter (where replayed is null) over () as added, count(*) filter (where found is null) over () as removed,
                  count(*) filter (where found is not null and replayed is not null) over () as changed
             from paired order by key limit $2`,
    values: [buckets, most],
  });
  const { added = 0, removed = 0, changed = 0 } = rows[0] ?? {};
  return { added, removed, changed, rows: rows.map((row) => differenceOf(table, row)) };
};

const differenceOf = ({ columns, key }: Table, { found, replayed }: Row): RowDifference => {
  const places = key.length === 0 ? columns.map((_, at) => at) : key;
  const either = found ?? replayed ?? [];
  const differing = columns.map((_, at) => at).filter((at) => (found && replayed ? found[at] !== replayed[at] : !places.includes(at)));
  return {
    change: !replayed ? "added" : found ? "changed" : "removed",
    key: Object.fromEntries(places.map((at) => [columns[at] ?? "", cut(either[at])])),
    columns: Object.fromEntries(differing.map((at) => [columns[at] ?? "", { replayed: cut(replayed?.[at]), found: cut(found?.[at]) }])),
  };
};

const longest = 300;
const cut = (value: string | null | undefined): string | null => (value === null || value === undefined ? null : value.length > longest ? `${value.slice(0, longest)}…` : value);
