import { Unavailable } from "#domain/kernel/errors.ts";
import type { Database } from "#projections/ports/sql.ts";

/** Where a batch can be cut off: its transaction's steps. */
export const breakPoints = ["before work", "in work", "before commit", "after commit"] as const;
export type BreakPoint = (typeof breakPoints)[number];

const lostConnection = (when: BreakPoint): never => {
  throw new Unavailable("read models", { cause: new Error(`broken ${when}`) });
};

/** A database whose next transaction breaks at a point of one's choice, by default as if the connection had gone. */
export const breaking = (database: Database, fault: (when: BreakPoint) => never = lostConnection) => {
  let planned: BreakPoint | null = null;
  let broken = 0;
  const at = (when: BreakPoint) => {
    if (planned !== when) return;
    planned = null;
    broken++;
    fault(when);
  };
  const transaction: Database["transaction"] = async (work, schema) => {
    const result = await database.transaction(async (sql) => {
      at("before work");
      const query: typeof sql.query = async (statement) => {
        const rows = await sql.query<never>(statement);
        at("in work");
        return rows;
      };
      const answer = await work({ ...sql, query });
      at("before commit");
      return answer;
    }, schema);
    at("after commit");
    return result;
  };
  const next = (when: BreakPoint) => {
    planned = when;
  };
  return { database: { ...database, transaction }, next, count: () => broken };
};
