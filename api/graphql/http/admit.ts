import { GraphQLError, OperationTypeNode } from "graphql";
import type { Limits } from "#api/application.ts";
import type { Problem } from "#api/problem.ts";
import type { Documents } from "#api/graphql/documents/persisted.ts";
import { operationOf, type Prepared, type Rejected } from "#api/graphql/documents/prepare.ts";
import { takesStream, wantsStream } from "./accept.ts";
import type { Params } from "./params.ts";

export interface Admitted {
  readonly prepared: Prepared;
  /** It is a subscription, or the client wants its one result as a stream. */
  readonly streams: boolean;
}

interface Way {
  readonly method: string | undefined;
  readonly accept: string | undefined;
}

const accepted = "text/event-stream";

/** Whether an operation may be carried out on this way, at this cost. */
export const admit = (documents: Documents, limits: Limits, params: Params, { method, accept }: Way): Admitted | Rejected | { problem: Problem } => {
  const prepared = documents(params);
  if ("errors" in prepared) return prepared;
  const operation = operationOf(prepared, params.operationName);
  if (!operation) return { errors: [unknownOperation(params.operationName)] };
  if (operation.kind === OperationTypeNode.MUTATION && method === "GET") return { problem: mutationByGet };
  const isSubscription = operation.kind === OperationTypeNode.SUBSCRIPTION;
  if (isSubscription && !takesStream(accept)) return { problem: { ...notAcceptable, headers: { accept: accepted } } };
  const cost = operation.cost(params.variables);
  if (cost > limits.cost) return { errors: [tooCostly(cost, limits.cost)] };
  return { prepared, streams: isSubscription || wantsStream(accept) };
};

const mutationByGet: Problem = { status: 405, code: "METHOD_NOT_ALLOWED", title: "Mutations need POST", headers: { allow: "POST" } };
const notAcceptable: Problem = { status: 406, code: "NOT_ACCEPTABLE", title: `Subscriptions are answered as ${accepted}` };

const unknownOperation = (name: string | null): GraphQLError => {
  const message = name === null ? "say in operationName which of the operations is meant" : `the document has no operation ${JSON.stringify(name)}`;
  return new GraphQLError(message, { extensions: { code: "INVALID_INPUT", issues: [{ path: ["operationName"], message }] } });
};

const tooCostly = (cost: number, allowed: number): GraphQLError =>
  new GraphQLError(`the answer may hold ${cost} objects, at most ${allowed} are allowed: ask for smaller pages`, {
    extensions: { code: "DOCUMENT_LIMIT_EXCEEDED", limit: "cost", allowed, cost },
  });
