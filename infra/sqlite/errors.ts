import { Unavailable } from "#domain/kernel/errors.ts";

// https://www.sqlite.org/rescode.html: what is wrong with the machine, not with the statement or the file.
const away = new Set([3 /* PERM */, 5 /* BUSY */, 6 /* LOCKED */, 7 /* NOMEM */, 8 /* READONLY */, 10 /* IOERR */, 13 /* FULL */, 14 /* CANTOPEN */, 15 /* PROTOCOL */]);

const primary = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;

export const isBusy = (error: unknown): boolean => primary(error) === 5;

export const isAway = (error: unknown): boolean => {
  const code = primary(error);
  return code === undefined ? isClosed(error) : away.has(code);
};

/** `Unavailable` in the place of an error of the disk, the file's lock or a closed file; any other error as it is. */
export const unavailable = (error: unknown): unknown => (isAway(error) ? new Unavailable("log", { cause: error }) : error);

const isClosed = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ERR_INVALID_STATE";
