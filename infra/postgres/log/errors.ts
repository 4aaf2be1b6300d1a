import { DatabaseError } from "pg";
import { Unavailable } from "#domain/kernel/errors.ts";

// https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, deadlock, no room, operator's work, I/O; a server that
// only reads (a failover is under way), a lock that did not come.
const away = /^(08|40|53|57|58|25006|55P03)/;

/** The server answered, and it is this statement that it does not like. */
export const isStatementError = (error: unknown): boolean => error instanceof DatabaseError && !away.test(error.code ?? "");

/** A defect: this program must not touch what a later one made. */
export class LaterSchema extends Error {
  override readonly name = "LaterSchema";
}

const known = [TypeError, RangeError, Unavailable, LaterSchema];

/** `Unavailable` in the place of an error of the server or the network; what the server thinks of a statement, and bugs, as they are. */
export const unavailable = (error: unknown, what = "log"): unknown =>
  isStatementError(error) || known.some((kind) => error instanceof kind)
    ? error
    : new Unavailable(what, { cause: error });
