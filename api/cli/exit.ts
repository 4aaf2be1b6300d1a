import type { Issue } from "#domain/kernel/errors.ts";

/** What scripts can trust; `waybill help exit-codes` says the same. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  unauthorized: 4,
  unavailable: 5,
  unverified: 6,
  interrupted: 130,
} as const;

export const exitMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.ok, "done, or there was nothing to do"],
  [exitCodes.failed, "a task failed, or a defect of Waybill"],
  [exitCodes.usage, "wrong usage or invalid input; nothing was changed"],
  [exitCodes.refused, "refused: the request is valid, but not in this state"],
  [exitCodes.unauthorized, "no valid token, or its scope does not suffice"],
  [exitCodes.unavailable, "the server cannot be reached or is not ready: try again"],
  [exitCodes.unverified, "what the server sent, the log or a file does not verify"],
  [exitCodes.interrupted, "interrupted by Ctrl-C"],
];

/** An end without success that is told in words instead of a stack. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exit: number;
  /** How to mend it; a line of its own. */
  readonly hint: string | undefined;
  readonly issues: readonly Issue[];

  constructor(exit: number, message: string, options: { hint?: string | undefined; issues?: readonly Issue[]; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exit = exit;
    this.hint = options.hint;
    this.issues = options.issues ?? [];
  }
}

export const usageError = (message: string, hint?: string): CliError => new CliError(exitCodes.usage, message, { hint });
