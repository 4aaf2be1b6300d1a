/**
 * Errors that are thrown, one class for each kind of STYLE §7 that is not a returned refusal. Any other throw is a defect.
 */

/** Somebody appended first: decide again on what is there now. */
export class ConcurrencyConflict extends Error {
  readonly code = "CONFLICT";
  readonly retryable = true;
  readonly stream: string;
  readonly expected: number | string;
  /** Revision of the stream's last event; -1 where there is none. */
  readonly actual: number;

  constructor(stream: string, expected: number | string, actual: number) {
    super(`stream ${stream} is at revision ${actual}, expected ${expected}`);
    this.name = "ConcurrencyConflict";
    this.stream = stream;
    this.expected = expected;
    this.actual = actual;
  }
}

/** A server or a disk does not answer now: back off and try again. */
export class Unavailable extends Error {
  readonly code = "UNAVAILABLE";
  readonly retryable = true;
  /** What is away: `log`, `read models`, `blobs`, `vault`. */
  readonly what: string;
  readonly retryAfterSeconds: number;

  constructor(what: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(`${what} unavailable`, { cause: options.cause });
    this.name = "Unavailable";
    this.what = what;
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1;
  }
}

/** One thing that is wrong with an input, and where: `["targets", 3, "path"]`. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Input that breaks a contract; thrown at the edges only. */
export class InvalidInput extends Error {
  readonly code: string;
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[], code = "INVALID_INPUT") {
    super(issues.map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message)).join("; "));
    this.name = "InvalidInput";
    this.code = code;
    this.issues = issues;
  }
}

/** One event is too large for the log: split it, or put the bytes into a blob. */
export class PayloadTooLarge extends InvalidInput {
  constructor(type: string, bytes: number, limit: number) {
    super([{ path: [], message: `event ${type} has ${bytes} bytes, at most ${limit} are allowed` }], "PAYLOAD_TOO_LARGE");
    this.name = "PayloadTooLarge";
  }
}
