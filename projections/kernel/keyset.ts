import type { Sql } from "#projections/ports/sql.ts";

/** One end of a page: the key of the row beside it, that row excluded. */
export type Key = readonly (string | number)[];

/** Which stretch of an ordered table is wanted; `backward` takes it from the end. */
export interface Stretch {
  readonly after: Key | null;
  readonly before: Key | null;
  readonly limit: number;
  readonly backward: boolean;
}

export interface KeysetQuery {
  /** Of the statement; PostgreSQL prepares each of its few forms once per connection. Absent where there are too many forms for that. */
  readonly name?: string;
  /** `select … from …` without `where`. */
  readonly select: string;
  /** Conditions with `$1`, `$2` … for `values`. */
  readonly where: readonly string[];
  readonly values: readonly unknown[];
  /** Columns of a unique key, in the order of the rows. */
  readonly key: readonly string[];
  readonly descending?: boolean;
}

/**
 * The rows of a stretch in the table's order, and whether there are more in the direction of reading. The cost does not grow with
 * the distance from the start, as it does with an offset.
 */
// oxlint-disable-next-line no-unnecessary-type-parameters
export const rowsOf = async <Row extends object>(
  sql: Sql,
  { name, select, where, values, key, descending = false }: KeysetQuery,
  { after, before, limit, backward }: Stretch,
): Promise<{ readonly rows: readonly Row[]; readonly more: boolean }> => {
  const bound = [...values];
  const columns = key.length === 1 ? key.join("") : `(${key.join(", ")})`;
  const beside = (edge: Key, comparison: string) => {
    const places = edge.map((part) => `$${bound.push(part)}`);
    return `${columns} ${comparison} ${places.length === 1 ? places.join("") : `(${places.join(", ")})`}`;
  };
  const conditions = [...where];
  if (after) conditions.push(beside(after, descending ? "<" : ">"));
  if (before) conditions.push(beside(before, descending ? ">" : "<"));
  const direction = descending === backward ? "asc" : "desc";
  const text = [
    select,
    conditions.length > 0 ? `where ${conditions.join(" and ")}` : "",
    `order by ${key.map((column) => `${column} ${direction}`).join(", ")}`,
    `limit $${bound.push(limit + 1)}`,
  ].join(" ");
  const form = `${after ? "a" : ""}${before ? "b" : ""}${direction}`;
  const found = await sql.query<Row>({ ...(name === undefined ? {} : { name: `${name}.${form}` }), text, values: bound });
  const rows = found.slice(0, limit);
  return { rows: backward ? rows.reverse() : rows, more: found.length > limit };
};
