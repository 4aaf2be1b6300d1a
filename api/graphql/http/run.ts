import { execute, type ExecutionResult, type GraphQLSchema, subscribe } from "graphql";
import type { Context } from "#api/graphql/context.ts";
import type { Prepared } from "#api/graphql/documents/prepare.ts";
import { failed, withPublicErrors } from "#api/graphql/errors.ts";
import type { Params } from "./params.ts";

/** An operation that was let through, with all that it needs. */
export interface Exchange {
  readonly prepared: Prepared;
  readonly params: Params;
  readonly context: Context;
}

const argsOf = (schema: GraphQLSchema, { prepared, params, context }: Exchange) => ({
  schema,
  document: prepared.document,
  contextValue: context,
  variableValues: params.variables,
  operationName: params.operationName,
});

/** Carries out a query or a mutation. */
export const run = async (schema: GraphQLSchema, exchange: Exchange): Promise<ExecutionResult> =>
  withPublicErrors(await execute(argsOf(schema, exchange)), exchange.context.application.report);

type Results = AsyncIterableIterator<ExecutionResult>;

/** Carries out a subscription. When its source breaks, the last result says so. */
export const follow = async (schema: GraphQLSchema, exchange: Exchange): Promise<ExecutionResult | Results> => {
  const { report } = exchange.context.application;
  const results = await subscribe(argsOf(schema, exchange));
  if (!(Symbol.asyncIterator in results)) return withPublicErrors(results, report);
  let broken = false;
  const published: Results = {
    next: async () => {
      if (broken) return { done: true, value: undefined };
      try {
        const { done, value } = await results.next();
        return done === true ? { done, value: undefined } : { done: false, value: withPublicErrors(value, report) };
      } catch (error) {
        broken = true;
        return { done: false, value: failed(error, "subscription", report) };
      }
    },
    return: async () => {
      await results.return(undefined);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => published,
  };
  return published;
};
