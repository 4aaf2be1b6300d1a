import { z } from "zod";
import { builder } from "#api/graphql/builder.ts";
import { connectionArgs, connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import { shown } from "#api/graphql/context.ts";
import { cursor, KeyText, KeyTime } from "#api/graphql/input/cursor.ts";
import { requireScope } from "#api/graphql/scope.ts";
import { tokenById, type TokenRow, tokensPage } from "#projections/access/queries.ts";

export const Scope = builder.enumType("Scope", {
  description: "Each includes the ones before it.",
  values: {
    READ: { value: "read", description: "Queries and subscriptions." },
    WRITE: { value: "write", description: "Mutations too." },
    ADMIN: { value: "admin", description: "Repositories, tokens and rebuilds too." },
  },
});

export const Token = builder.node(builder.objectRef<TokenRow>("Token"), {
  description: "An account's bearer token, without its secret: that is shown once and never kept.",
  id: { resolve: ({ id }) => id },
  loadOne: (id, context) => {
    requireScope(context, "admin", "token");
    return z.uuid().safeParse(id).success ? tokenById(context.application.sql, id) : null;
  },
  fields: (t) => ({
    tokenId: t.id({ description: "The bare uuid, as in the actor `token:<id>` of events.", resolve: ({ id }) => id }),
    name: t.exposeString("name"),
    scope: t.expose("scope", { type: Scope }),
    expires: t.expose("expires", { type: "DateTime", nullable: true }),
    issuedAt: t.expose("issuedAt", { type: "DateTime" }),
    issuedBy: t.exposeString("issuedBy", { description: "The actor." }),
    revokedAt: t.expose("revokedAt", { type: "DateTime", nullable: true }),
  }),
});

const TokenConnection = connectionType(Token, "Token");
const byIssue = cursor("tokens", z.tuple([KeyTime, KeyText.pipe(z.uuid())]));

builder.queryField("tokens", (t) =>
  t.field({
    type: TokenConnection,
    description: "In the order of issue, revoked and expired ones included.",
    extensions: { scope: "admin" },
    args: connectionArgs(t),
    validate: PageArgs,
    resolve: async (_root, args, context) => {
      const stretch = stretchOf(args, byIssue);
      const view = await shown(context, "tokens", args.afterPosition);
      const found = await tokensPage(context.application.sql, stretch);
      return connectionOf(found, stretch, { ...byIssue, view, keyOf: ({ issuedAt, id }) => [issuedAt, id], node: (row) => row });
    },
  }),
);
