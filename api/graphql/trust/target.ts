import { z } from "zod";
import { RepositoryName } from "#domain/trust/events.ts";
import type { Shown } from "#api/application.ts";
import { builder } from "#api/graphql/builder.ts";
import { connectionArgs, connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import { type Context, shown } from "#api/graphql/context.ts";
import { positionText, staleText } from "#api/graphql/descriptions.ts";
import { cursor, KeyText } from "#api/graphql/input/cursor.ts";
import { Line } from "#api/graphql/input/text.ts";
import { targetByPath, type TargetRow, targetsPage } from "#projections/trust/queries.ts";

const Name = z.object({ repository: RepositoryName, path: Line(1024) });

export const Target = builder.node(builder.objectRef<TargetRow & Shown>("Target"), {
  description: "A file that clients of a TUF repository can verify, or will after the next publication.",
  id: { resolve: ({ repository, path }) => `${repository}/${path}` },
  loadOne: (id, context) => {
    const slash = id.indexOf("/");
    const name = Name.safeParse({ repository: id.slice(0, slash), path: id.slice(slash + 1) });
    return name.success ? find(context, name.data) : null;
  },
  fields: (t) => ({
    repository: t.exposeString("repository"),
    path: t.exposeString("path"),
    length: t.exposeFloat("length", { description: "Bytes, a whole number; an Int of GraphQL ends at 2 GiB." }),
    sha256: t.exposeString("sha256", { description: "Lower-case hex." }),
    custom: t.expose("custom", { type: "JSON", nullable: true }),
    bin: t.exposeInt("bin", { description: "Number of the hash bin that it is in." }),
    published: t.exposeBoolean("published", { description: "Clients can see it as it is here." }),
    addedAt: t.expose("at", { type: "DateTime" }),
    position: t.expose("position", { type: "Position", description: positionText }),
    stale: t.exposeBoolean("stale", { description: staleText }),
  }),
});

const find = async (context: Context, { repository, path }: z.infer<typeof Name>, after?: number | null) => {
  const view = await shown(context, "tuf", after);
  const row = await targetByPath(context.application.sql, repository, path);
  return row && { ...row, ...view };
};

builder.queryField("target", (t) =>
  t.field({
    type: Target,
    nullable: true,
    args: {
      repository: t.arg.string({ required: true }),
      path: t.arg.string({ required: true }),
      after: t.arg({ type: "Position" }),
    },
    validate: Name.loose(),
    resolve: (_root, { after, ...name }, context) => find(context, name, after),
  }),
);

const TargetConnection = connectionType(Target, "Target");
const byPath = cursor("targets", z.tuple([KeyText]));

builder.queryField("targets", (t) =>
  t.field({
    type: TargetConnection,
    description: "Present targets in the order of their paths' UTF-8 bytes.",
    args: { repository: t.arg.string({ required: true }), prefix: t.arg.string(), ...connectionArgs(t) },
    validate: PageArgs.extend({ repository: RepositoryName, prefix: z.union([z.literal(""), Line(1024)]).nullish() }),
    resolve: async (_root, { repository, prefix, ...args }, context) => {
      const stretch = stretchOf(args, byPath);
      const view = await shown(context, "tuf", args.afterPosition);
      const found = await targetsPage(context.application.sql, { repository, prefix: prefix ?? "" }, stretch);
      return connectionOf(found, stretch, { ...byPath, view, keyOf: ({ path }) => [path], node: (row) => ({ ...row, ...view }) });
    },
  }),
);
