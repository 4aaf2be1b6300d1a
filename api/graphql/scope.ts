import { defaultFieldResolver, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import type { Scope } from "#domain/access/events.ts";
import { mayActAs } from "#api/access/principal.ts";
import type { Context } from "./context.ts";

/** The token is valid and does not reach that far. */
export class Forbidden extends Error {
  readonly code = "FORBIDDEN";
  readonly needed: Scope;

  constructor(needed: Scope, has: Scope) {
    super(`this needs a token of scope ${needed}, yours has ${has}`);
    this.name = "Forbidden";
    this.needed = needed;
  }
}

/** `operation`: what was asked for, as the log tells it where it is refused. */
export const requireScope = ({ principal, application, address }: Context, needed: Scope, operation: string): void => {
  const { tokenId: id, scope } = principal;
  if (mayActAs(principal, needed)) return;
  application.denied?.({ operation, needed, token: { id, scope }, address });
  throw new Forbidden(needed, scope);
};

const guarded = (type: GraphQLObjectType<unknown, Context> | null | undefined, usual: Scope): void => {
  for (const [name, field] of Object.entries(type?.getFields() ?? {})) {
    const needed = scopeOf(field.extensions["scope"]) ?? usual;
    const { resolve = defaultFieldResolver, subscribe } = field;
    if (subscribe)
      field.subscribe = (root, args, context, info): unknown => {
        requireScope(context, needed, name);
        return subscribe(root, args, context, info);
      };
    field.resolve = (root, args, context, info): unknown => {
      requireScope(context, needed, name);
      return resolve(root, args, context, info);
    };
  }
};

const scopeOf = (extension: unknown): Scope | null =>
  extension === "read" || extension === "write" || extension === "admin" ? extension : null;

/**
 * Puts a guard before every root field, outermost, so that nobody learns from a validation message what is behind it. A field without
 * `extensions.scope` needs `read` in queries and subscriptions and `write` in mutations: forgetting it closes, it never opens.
 */
export const withScopes = (schema: GraphQLSchema): GraphQLSchema => {
  guarded(schema.getQueryType(), "read");
  guarded(schema.getSubscriptionType(), "read");
  guarded(schema.getMutationType(), "write");
  return schema;
};
