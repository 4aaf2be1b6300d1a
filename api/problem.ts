import type { IncomingMessage, ServerResponse } from "node:http";
import { finished } from "node:stream";
import type { Issue } from "#domain/kernel/errors.ts";
import type { JsonObject } from "#domain/kernel/json.ts";

/** An answer that is no success: RFC 9457. */
export interface Problem {
  readonly status: number;
  /** The stable part, for programs: docs/errors.md. */
  readonly code: string;
  /** Goes with the code; `detail` is about this one case. */
  readonly title: string;
  readonly detail?: string;
  readonly issues?: readonly Issue[];
  /** What a program needs to act on a refusal. */
  readonly details?: JsonObject;
  /** The same, as GraphQL tells it. */
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string; readonly issues?: readonly Issue[] } }[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with the problem; an answer that has begun is cut, since half of one must not look like a whole. */
export const sendProblem = (response: ServerResponse, { headers, ...problem }: Problem): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) if (aboutContent.test(name)) response.removeHeader(name);
  const bytes = Buffer.from(JSON.stringify({ type: `urn:waybill:error:${problem.code}`, ...problem }));
  const ours = { "cache-control": "no-store", "content-type": "application/problem+json", "content-length": bytes.length };
  response.writeHead(problem.status, { ...ours, ...headers });
  if (isReceiving(response.req)) response.write(bytes, () => endAfterBody(response));
  else response.end(bytes);
};

export const unauthenticated: Problem = {
  status: 401,
  code: "UNAUTHENTICATED",
  title: "A valid token is needed",
  detail: "Send the header `Authorization: Bearer <token>` with a token that is neither expired nor revoked.",
  headers: { "www-authenticate": 'Bearer realm="waybill"' },
};

/** Of a limit, whose bucket has one again in so many seconds. */
export const tooMany = (seconds: number): Problem => ({
  status: 429,
  code: "RATE_LIMITED",
  title: "Too many requests",
  detail: `Try again in ${Math.ceil(seconds)} s.`,
  headers: { "retry-after": String(Math.ceil(seconds)) },
});

/** Headers that were meant for the answer that there is none of now. */
const aboutContent = /^(content-.*|etag|cache-control|cdn-cache-control|vary|accept-ranges)$/;

const isReceiving = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (Number(headers["content-length"]) > 0 || "transfer-encoding" in headers);

const discardForMs = 10_000;

/** A client that is still sending must be read from for a while: to hang up at once would reset its connection, and the answer with it. */
const endAfterBody = (response: ServerResponse): void => {
  const { req: request } = response;
  const timer = setTimeout(() => request.socket.destroy(), discardForMs).unref();
  finished(request, { writable: false }, () => response.end(() => clearTimeout(timer)));
  request.resume();
};
