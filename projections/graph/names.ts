import type { Sql } from "#projections/ports/sql.ts";
import { numberOf } from "./queries.ts";

/** Numbers and keys of nodes, which belong to each other as long as there are tables of this generation: neither changes, or is used again. */
export interface Names {
  /** The number even of a node that was or will be: walks begin there. Null where there never was one. */
  readonly numberOf: (key: string) => Promise<number | null>;
  /** A key that is known without a look into the tables; undefined says nothing. */
  readonly keyAtHand: (number: number) => string | undefined;
}

export const namesInTables = (sql: Sql): Names => ({ numberOf: (key) => numberOf(sql, key), keyAtHand: () => undefined });
