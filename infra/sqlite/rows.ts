import type { StatementSync } from "node:sqlite";

/** The same statement, its rows as arrays: cheaper than objects. */
export const inArrays = (statement: StatementSync): StatementSync => {
  statement.setReturnArrays(true);
  return statement;
};
