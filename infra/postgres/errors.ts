import { DatabaseError } from "pg";
import { Unavailable } from "#domain/kernel/errors.ts";

/**
 * The error as the ports promise it: `Unavailable` where the server is away or wants the same thing tried again, anything
 * else as it came. Errors of `pg` itself have neither class nor code, so those are known by their words.
 */
export const translated = (error: unknown): unknown => (isUnavailable(error) ? new Unavailable("read models", { cause: error }) : error);

const isUnavailable = (error: unknown): boolean => {
  if (error instanceof DatabaseError) return states.test(error.code ?? "");
  if (!(error instanceof Error)) return false;
  return ("code" in error && typeof error.code === "string" && (networkCodes.test(error.code) || tlsCodes.test(error.code))) || words.test(error.message);
};

// Classes of SQLSTATE: connection, rolled back (serialization, deadlock), resources, operator's intervention, system; then a
// lock that was not free in time, and a transaction that was idle or open for too long.
const states = /^(08|40|53|57P|58|55P03|25P03|25P04)/;
const networkCodes = /^E(?!RR_)[A-Z_]+$/;
// A certificate that has run out is mended at the server, and no reason to give up here.
const tlsCodes = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/;
const words = /^(The server does not support SSL connections|There was an error establishing an SSL connection|Connection terminated|Client (has encountered a connection error|was closed)|timeout exceeded|Query read timeout|Cannot use a pool)/;
