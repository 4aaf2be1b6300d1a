import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExecutionResult, GraphQLSchema } from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import type { Defect } from "#api/application.ts";
import { failed } from "#api/graphql/errors.ts";
import { answerOf } from "./answer.ts";
import { mediaTypeOf, wantsStream } from "./accept.ts";
import { type Exchange, follow, run } from "./run.ts";

interface ServerContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly exchange: Exchange;
}

/**
 * graphql-yoga carries what was let through already: its request, its context, its result in the form that the client takes. Parsing,
 * validation and execution are ours (`prepare.ts`, `run.ts`), shared with the fast way, so that both give the same answers.
 */
export const yogaOf = (schema: GraphQLSchema, report: (defect: Defect) => void) => {
  const yoga = createYoga<ServerContext>({
    schema,
    graphiql: false,
    landingPage: false,
    logging: false,
    maskedErrors: false,
    cors: false,
    multipart: false,
    parserAndValidationCache: false,
    plugins: [ours(schema, report)],
  });
  /** The body was read before: yoga gets an empty one in its place. */
  return (request: IncomingMessage & { body?: string }, response: ServerResponse, exchange: Exchange): Promise<void> => {
    request.body = "{}";
    return Promise.resolve(yoga(request, response, { exchange }));
  };
};

const ours = (schema: GraphQLSchema, report: (defect: Defect) => void): Plugin<ServerContext, ServerContext> => ({
  onParams: ({ context, setParams }) => {
    const { prepared, params } = context.exchange;
    setParams({ query: prepared.text, variables: { ...params.variables }, ...named(params.operationName) });
  },
  onParse: ({ context, setParsedDocument }) => setParsedDocument(context.exchange.prepared.document),
  onValidate: ({ setResult }) => setResult([]),
  onExecute: ({ setExecuteFn, context }) => setExecuteFn(() => run(schema, context.exchange)),
  onSubscribe: ({ setSubscribeFn, args }) => setSubscribeFn(() => follow(schema, args.contextValue.exchange)),
  onResultProcess: (hook) => {
    const { result, request } = hook;
    if (Array.isArray(result) || Symbol.asyncIterator in result) return;
    const answered = known(result) ? result : failed(result.errors?.[0], "graphql-yoga", report);
    hook.setResult(answered);
    const accept = request.headers.get("accept") ?? undefined;
    if (wantsStream(accept)) return;
    const { body, ...init } = answerOf(answered, mediaTypeOf(accept));
    hook.setResultProcessor((_result, fetchAPI) => new fetchAPI.Response(body, init), mediaTypeOf(accept));
  },
});

const named = (operationName: string | null) => (operationName === null ? {} : { operationName });

/** Every error of ours has a code; one of yoga's own is a defect. */
const known = ({ errors = [] }: ExecutionResult): boolean => errors.every(({ extensions }) => typeof extensions["code"] === "string");
