import { z } from "zod";
import { builder } from "#api/graphql/builder.ts";
import { asked } from "#api/graphql/input/text.ts";
import { done } from "#api/graphql/receipt.ts";

const RebuildProjectionInput = builder
  .inputType("RebuildProjectionInput", {
    fields: (t) => ({
      name: t.string({ required: true, description: "As `status` shows it." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(z.object({ ...asked, name: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "must be the name of a projection") }));

const RebuildProjectionPayload = builder.objectRef<{ name: string; generation: number }>("RebuildProjectionPayload").implement({
  description: "A rebuild was begun. It changes read models, not the log, so there is no receipt; `status` shows how far it is.",
  fields: (t) => ({ name: t.exposeString("name"), generation: t.exposeInt("generation", { description: "The one that is being filled." }) }),
});

builder.mutationField("rebuildProjection", (t) =>
  t.field({
    type: RebuildProjectionPayload,
    extensions: { scope: "admin" },
    args: { input: t.arg({ type: RebuildProjectionInput, required: true }) },
    resolve: async (_root, { input: { name } }, { application }) => ({ name, ...done(await application.rebuild(name)) }),
  }),
);
