import { z } from "zod";
import type { Done } from "#commands/commands.ts";
import { builder } from "#api/graphql/builder.ts";
import { causeOf } from "#api/graphql/context.ts";
import { asked, Line } from "#api/graphql/input/text.ts";
import { UuidOrNodeId } from "#api/graphql/node-id.ts";
import { done, payload, ReceiptType } from "#api/graphql/receipt.ts";
import { Scope } from "./token.ts";

const IssueTokenInput = builder
  .inputType("IssueTokenInput", {
    fields: (t) => ({
      name: t.string({ required: true, description: "Who or what will use it." }),
      scope: t.field({ type: Scope, required: true }),
      expires: t.field({ type: "DateTime", description: "Absent: never." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(
    z.object({
      ...asked,
      name: Line(100),
      scope: z.enum(["read", "write", "admin"]),
      expires: z.iso.datetime().nullish(),
    }),
  );

interface Issued extends Done {
  readonly token: string;
  readonly secret: string | null;
}

const IssueTokenPayload = builder.objectRef<Issued>("IssueTokenPayload").implement({
  description: "A token was issued.",
  fields: (t) => ({
    receipt: t.expose("receipt", { type: ReceiptType }),
    tokenId: t.exposeID("token"),
    secret: t.exposeString("secret", { nullable: true, description: "Shown now and never again; null for a command sent again." }),
  }),
});

builder.mutationField("issueToken", (t) =>
  t.field({
    type: IssueTokenPayload,
    extensions: { scope: "admin" },
    args: { input: t.arg({ type: IssueTokenInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { name, scope, expires = null } = input;
      return done(await context.application.commands.issueToken({ name, scope, expires }, causeOf(context, "issueToken", input)));
    },
  }),
);

const RevokeTokenInput = builder
  .inputType("RevokeTokenInput", {
    fields: (t) => ({
      id: t.id({ required: true, description: "The bare uuid or the global id." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(z.object({ ...asked, id: UuidOrNodeId("Token") }));

const RevokeTokenPayload = payload("RevokeTokenPayload", "A token was revoked; it stops working within seconds.");

builder.mutationField("revokeToken", (t) =>
  t.field({
    type: RevokeTokenPayload,
    extensions: { scope: "admin" },
    args: { input: t.arg({ type: RevokeTokenInput, required: true }) },
    resolve: async (_root, { input }, context) =>
      done(await context.application.commands.revokeToken({ token: input.id }, causeOf(context, "revokeToken", input))),
  }),
);
