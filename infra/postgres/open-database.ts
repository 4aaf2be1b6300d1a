import type { ClientConfig } from "pg";
import type { Database } from "#projections/ports/sql.ts";
import { databaseOver, openPool } from "./sql.ts";

export interface OpenDatabase extends Database, AsyncDisposable {}

/** A pool of at most `max` connections, made as they are needed. */
export const openDatabase = (connect: ClientConfig, max: number): OpenDatabase => {
  const pool = openPool({ ...connect, max });
  return { ...databaseOver(pool), [Symbol.asyncDispose]: () => pool.end() };
};
