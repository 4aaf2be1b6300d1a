import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHandler } from "express";
import type { ExecutionResult } from "graphql";
import { newId } from "#commands/kernel/command-id.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { addressOf } from "#api/access/address.ts";
import { entrance } from "#api/access/entrance.ts";
import type { Application } from "#api/application.ts";
import { type Problem, sendProblem as sendPlain } from "#api/problem.ts";
import type { Context } from "./context.ts";
import { documentsOf } from "./documents/persisted.ts";
import { mediaTypeOf, wantsPage } from "./http/accept.ts";
import { admit } from "./http/admit.ts";
import { answerOf } from "./http/answer.ts";
import { sendGraphiql } from "./http/graphiql.ts";
import { afterOf, requestIdOf, traceparentOf } from "./http/headers.ts";
import { type Entered, letIn, malformed } from "./http/let-in.ts";
import { run } from "./http/run.ts";
import { yogaOf } from "./http/yoga.ts";
import { schema } from "./schema.ts";

/** GraphQL over HTTP; mount it at `/graphql`, before anything that reads bodies. */
export const graphqlRouter = (application: Application): RequestHandler => {
  const documents = documentsOf(schema, application);
  const enter = entrance(application);
  const yoga = yogaOf(schema, application.report);

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (wantsGraphiql(request)) return sendGraphiql(response);
    const entered = await letIn(enter, application.limits, request);
    if ("problem" in entered) return sendProblem(response, entered.problem);
    const { params } = entered;
    const admitted = admit(documents, application.limits, params, { method: request.method, accept: request.headers.accept });
    if ("problem" in admitted) return sendProblem(response, admitted.problem);
    if ("errors" in admitted) return send(request, response, admitted);
    const after = afterOf(request.headers);
    if (typeof after === "object" && after !== null) return sendProblem(response, malformed("The request is malformed", after.issues));
    const context = contextOf(application, entered, { request, response, after });
    const exchange = { prepared: admitted.prepared, params, context };
    // The fast way: what a client asks for by its hash needs nothing of yoga.
    if (params.sha256 !== null && !admitted.streams) return send(request, response, await run(schema, exchange));
    if (admitted.streams) cutAt(application.closing, response);
    return yoga(request, response, exchange);
  };

  return (request, response, next) => {
    if (request.path !== "/") {
      next();
      return;
    }
    serve(request, response).catch((error: unknown) => sendProblem(response, broken(error, application)));
  };
};

const wantsGraphiql = ({ method, url = "", headers }: IncomingMessage): boolean =>
  method === "GET" && wantsPage(headers.accept) && !/[?&](query|documentId|extensions)=/.test(url);

interface Connection {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly after: number | null;
}

const contextOf = (application: Application, { principal, secret }: Entered, { request, response, after }: Connection): Context => ({
  application,
  principal,
  after,
  address: addressOf(request),
  requestId: requestIdOf(request.headers),
  traceparent: traceparentOf(request.headers),
  signal: () => gone(response),
  stillAllowed: async () => (await application.authenticate(secret)) !== null,
});

/**
 * Cut, not completed, when the process is about to end: what is complete a client does not ask for again, and what was cut it takes
 * up elsewhere, behind the last position that it has seen.
 */
const cutAt = (closing: AbortSignal, response: ServerResponse): void => {
  const cut = () => response.destroy();
  if (closing.aborted) cut();
  closing.addEventListener("abort", cut);
  response.once("close", () => closing.removeEventListener("abort", cut));
};

const gone = (response: ServerResponse): AbortSignal => {
  const ending = new AbortController();
  if (response.destroyed) ending.abort();
  response.once("close", () => ending.abort());
  return ending.signal;
};

const send = (request: IncomingMessage, response: ServerResponse, result: ExecutionResult): void => {
  const { status, headers, body } = answerOf(result, mediaTypeOf(request.headers.accept));
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
};

/** RFC 9457 lets a problem have members of its own: in `errors`, clients that know only GraphQL find what to show. */
const sendProblem = (response: ServerResponse, problem: Problem): void => {
  const { code, title, detail = title } = problem;
  sendPlain(response, { ...problem, errors: [{ message: detail, extensions: { code, ...(problem.issues ? { issues: problem.issues } : {}) } }] });
};

/** What broke outside of any document: the read model of tokens, or we ourselves. */
const broken = (error: unknown, { report }: Application): Problem => {
  if (error instanceof Unavailable)
    return { status: 503, code: error.code, title: error.message, headers: { "retry-after": String(error.retryAfterSeconds) } };
  const id = newId();
  report({ id, where: "/graphql", error });
  return { status: 500, code: "DEFECT", title: "Something is broken on our side", detail: `Those who run this server find it under ${id}.` };
};
