import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { ConcurrencyConflict, InvalidInput, Unavailable } from "#domain/kernel/errors.ts";
import type { Refusal } from "#domain/kernel/decider.ts";
import type { Issue } from "#domain/kernel/errors.ts";
import type { JsonObject } from "#domain/kernel/json.ts";

/** RFC 9457. `code` is the stable part for programs (docs/errors.md), `title` goes with it, `detail` is about this one case. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly issues?: readonly Issue[];
  readonly details?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What went wrong behind a 5xx: the client gets the id, the operators find the rest under it. */
export interface Failure {
  readonly id: string;
  /** `GET /tuf/demo/metadata/timestamp.json` */
  readonly where: string;
  readonly error: unknown;
}

export const sendProblem = (response: ServerResponse, { headers, ...problem }: Problem): void => {
  for (const name of response.getHeaderNames()) if (aboutContent.test(name)) response.removeHeader(name);
  const bytes = Buffer.from(JSON.stringify({ type: `urn:waybill:error:${problem.code}`, ...problem }));
  const ours = { "cache-control": "no-store", "content-type": "application/problem+json", "content-length": bytes.length };
  response.writeHead(problem.status, { ...ours, ...headers });
  if (isReceiving(response.req)) response.write(bytes, () => endAfterBody(response));
  else response.end(bytes);
};

/** Headers that were meant for the answer that there is none of now. */
const aboutContent = /^(content-.*|etag|cache-control|cdn-cache-control|vary|accept-ranges)$/;

const isReceiving = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (Number(headers["content-length"]) > 0 || "transfer-encoding" in headers);

const discardForMs = 10_000;

/** A client that is still sending must be read from for a while: to hang up at once would reset its connection, and the answer with it. */
const endAfterBody = (response: ServerResponse): void => {
  const { req: request } = response;
  const end = (): void => void response.end(() => clearTimeout(timer));
  const timer = setTimeout(() => request.socket.destroy(), discardForMs).unref();
  request.on("error", () => {}).once("close", end).once("end", end).resume();
};

export const notFound = (detail = "There is nothing here."): Problem => ({ status: 404, code: "NOT_FOUND", title: "Not found", detail });

const conflicting = /_(EXISTS|REUSED)$/;

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
      headers: { "Retry-After": String(error.retryAfterSeconds) },
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
    // Half an answer must not look like a whole one.
    if (isGone || response.headersSent) response.destroy();
    else sendProblem(response, problem);
  };

const hangUps = new Set<unknown>(["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "ECONNABORTED", "EPIPE"]);

/** The client went away: there is nobody to tell, and nothing of ours to mend. */
const isHangUp = (error: unknown): boolean => error instanceof Error && "code" in error && hangUps.has(error.code);

/** What nobody before it answered. */
export const nothingHere: RequestHandler = (_request, response) => sendProblem(response, notFound());
