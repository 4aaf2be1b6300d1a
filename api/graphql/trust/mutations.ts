import { builder } from "#api/graphql/builder.ts";
import { causeOf } from "#api/graphql/context.ts";
import { done, payload } from "#api/graphql/receipt.ts";
import { AddTargetsInput, BootstrapRepositoryInput, PublishInput, RemoveTargetsInput } from "./inputs.ts";

const BootstrapRepositoryPayload = payload("BootstrapRepositoryPayload", "A repository was established: keys, root, first metadata.");
const AddTargetsPayload = payload("AddTargetsPayload", "Targets were added; an empty receipt says that all of them were there already.");
const RemoveTargetsPayload = payload("RemoveTargetsPayload", "Targets were removed.");
const PublishPayload = payload("PublishPayload", "A publication was asked for.");

builder.mutationField("bootstrapRepository", (t) =>
  t.field({
    type: BootstrapRepositoryPayload,
    description: "Establishes a TUF repository: makes its keys, its root and its first metadata.",
    extensions: { scope: "admin" },
    args: { input: t.arg({ type: BootstrapRepositoryInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { repository, bins, binForm, expires } = input;
      const command = { repository, settings: { bins, binForm, binPrefix: "bins", expires } };
      return done(await context.application.commands.bootstrapRepository(command, causeOf(context, "bootstrapRepository", input)));
    },
  }),
);

builder.mutationField("addTargets", (t) =>
  t.field({
    type: AddTargetsPayload,
    description: "Adds targets or replaces them, all or none. Adding what is there already records nothing.",
    args: { input: t.arg({ type: AddTargetsInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { repository, targets, publish } = input;
      return done(await context.application.commands.addTargets({ repository, targets, publish }, causeOf(context, "addTargets", input)));
    },
  }),
);

builder.mutationField("removeTargets", (t) =>
  t.field({
    type: RemoveTargetsPayload,
    description: "Removes targets, all or none.",
    args: { input: t.arg({ type: RemoveTargetsInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { repository, paths, publish } = input;
      return done(await context.application.commands.removeTargets({ repository, paths, publish }, causeOf(context, "removeTargets", input)));
    },
  }),
);

builder.mutationField("publish", (t) =>
  t.field({
    type: PublishPayload,
    description: "Makes everything pending visible, and renews what is due.",
    args: { input: t.arg({ type: PublishInput, required: true }) },
    resolve: async (_root, { input }, context) =>
      done(await context.application.commands.publish({ repository: input.repository }, causeOf(context, "publish", input))),
  }),
);
