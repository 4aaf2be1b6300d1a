import { randomUUID } from "node:crypto";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { sendProblem } from "#api/problem.ts";
import type { Problem } from "#api/problem.ts";
import type { Refusal } from "#domain/kernel/decider.ts";
import { ConcurrencyConflict, InvalidInput, Unavailable } from "#domain/kernel/errors.ts";

/** What went wrong behind a 5xx: the client gets the id, the operators find the rest under it. */
export interface Failure {
  readonly id: string;
  /** `GET /tuf/demo/metadata/timestamp.json` */
  readonly where: string;
  readonly error: unknown;
}

export const notFound = (detail = "There is nothing here."): Problem => ({ status: 404, code: "NOT_FOUND", title: "Not found", detail });

const conflicting = /_(EXISTS|REUSED|RUNNING)$/;

/** The domain said no. */
export const refused = ({ refused, message, details }: Refusal): Problem => ({
  status: conflicting.test(refused) ? 409 : 422,
  code: refused,
  title: "Refused",
  detail: message,
  details,
});

/** What a thrown error means to the client: STYLE §7. `id` is what a masked one can be asked after by. */
const problemOf = (error: unknown, id: string): Problem => {
  if (error instanceof InvalidInput) return invalid(error);
  if (error instanceof ConcurrencyConflict)
    return { status: 409, code: error.code, title: "Conflict", detail: "Somebody else was first; read again and decide again." };
  if (error instanceof Unavailable)
    return {
      status: 503,
      code: error.code,
      title: "Unavailable",
      detail: `${error.message}; try again in ${error.retryAfterSeconds} s`,
      headers: { "retry-after": String(error.retryAfterSeconds) },
    };
  return fromParser(error) ?? { status: 500, code: "DEFECT", title: "Internal error", detail: `This is our fault; its number is ${id}.` };
};

const invalid = ({ code, message, issues }: InvalidInput): Problem =>
  code.endsWith("_TOO_LARGE")
    ? { status: 413, code, title: "Too large", detail: message, issues }
    : { status: 400, code, title: "Invalid input", detail: message, issues };

/** Express and its body parsers throw errors with a `status`; `expose` says that the message is meant for the client. */
const fromParser = (error: unknown): Problem | null => {
  if (!(error instanceof Error) || !("status" in error)) return null;
  const { status } = error;
  if (typeof status !== "number" || status < 400 || status > 499) return null;
  const known = parserCodes[status] ?? { code: "INVALID_INPUT", title: "Invalid input" };
  return { status, ...known, detail: "expose" in error && error.expose === true ? error.message : known.title };
};

const parserCodes: Record<number, Pick<Problem, "code" | "title">> = {
  413: { code: "PAYLOAD_TOO_LARGE", title: "Too large" },
  415: { code: "UNSUPPORTED_MEDIA_TYPE", title: "Unsupported media type" },
};

/** The last handler of all: every error becomes one problem, every 5xx one call of `report`. */
export const problems =
  (report: (failure: Failure) => void): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const isGone = response.destroyed || request.socket.destroyed;
    if (isGone && isHangUp(error)) return;
    const id = randomUUID();
    const problem = problemOf(error, id);
    if (problem.status >= 500) report({ id, where: `${request.method} ${request.path}`, error });
    if (!isGone) sendProblem(response, problem);
  };

const hangUps = new Set<unknown>([
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_UNABLE_TO_PIPE",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
]);

/** The client went away: there is nobody to tell, and nothing of ours to mend. */
const isHangUp = (error: unknown): boolean => error instanceof Error && "code" in error && hangUps.has(error.code);

/** What nobody before it answered. */
export const nothingHere =
  (detail?: string): RequestHandler =>
  (_request, response) =>
    sendProblem(response, notFound(detail));
