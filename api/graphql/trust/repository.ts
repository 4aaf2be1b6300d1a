import { z } from "zod";
import { RepositoryName } from "#domain/trust/events.ts";
import type { Shown } from "#api/application.ts";
import {
  repositoriesPage,
  repositoryByName,
  type RepositoryRow,
  rolesOf,
  type RoleRow,
  targetCount,
} from "#projections/trust/queries.ts";
import { builder } from "#api/graphql/builder.ts";
import { connectionArgs, connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import { positionText, staleText } from "#api/graphql/descriptions.ts";
import { type Context, shown } from "#api/graphql/context.ts";
import { cursor, KeyText } from "#api/graphql/input/cursor.ts";

export const BinForm = builder.enumType("BinForm", {
  description: "How bins are told to clients: SUCCINCT (TAP 15) for python-tuf, go-tuf, tuf-js; EXPLICIT for python-tuf, tuf-js, tough.",
  values: { SUCCINCT: { value: "succinct" }, EXPLICIT: { value: "explicit" } },
});

const Lives = builder.objectRef<RepositoryRow["settings"]["expires"]>("Lives").implement({
  description: "For how many seconds new metadata of each kind is valid.",
  fields: (t) => ({
    root: t.exposeInt("root"),
    targets: t.exposeInt("targets"),
    snapshot: t.exposeInt("snapshot"),
    timestamp: t.exposeInt("timestamp"),
    bins: t.exposeInt("bins"),
  }),
});

const RoleVersion = builder.objectRef<RoleRow>("RoleVersion").implement({
  description: "The present metadata of a role.",
  fields: (t) => ({
    role: t.exposeString("role"),
    version: t.exposeInt("version"),
    expires: t.expose("expires", { type: "DateTime" }),
  }),
});

const repositoryRef = builder.objectRef<RepositoryRow & Shown>("Repository");

export const Repository = builder.node(repositoryRef, {
  description: "A TUF repository.",
  id: { resolve: ({ name }) => name },
  loadOne: (name, context) => (RepositoryName.safeParse(name).success ? find(context, name) : null),
  fields: (t) => ({
    name: t.exposeString("name"),
    bins: t.int({ resolve: ({ settings }) => settings.bins }),
    binForm: t.field({ type: BinForm, resolve: ({ settings }) => settings.binForm }),
    expires: t.field({ type: Lives, resolve: ({ settings }) => settings.expires }),
    establishedAt: t.expose("establishedAt", { type: "DateTime" }),
    publishedAt: t.expose("publishedAt", { type: "DateTime", nullable: true }),
    targetsRevision: t.exposeInt("targetsRevision", { description: "Last revision of the stream of its targets; -1 before the first." }),
    covers: t.exposeInt("covers", { description: "The revision of that stream which clients can see." }),
    pending: t.boolean({
      description: "Something was added or removed that clients cannot see yet.",
      resolve: ({ targetsRevision, covers }) => targetsRevision > covers,
    }),
    targetCount: t.int({
      extensions: { cost: 50 },
      resolve: ({ name }, _args, { application }) => targetCount(application.sql, name),
    }),
    roles: t.field({
      type: [RoleVersion],
      extensions: { cost: 50 },
      resolve: async ({ name }, _args, { application }) => [...(await rolesOf(application.sql, name))],
    }),
    position: t.expose("position", { type: "Position", description: positionText }),
    stale: t.exposeBoolean("stale", { description: staleText }),
  }),
});

const find = async (context: Context, name: string, after?: number | null) => {
  const view = await shown(context, "tuf", after);
  const row = await repositoryByName(context.application.sql, name);
  return row && { ...row, ...view };
};

builder.queryField("repository", (t) =>
  t.field({
    type: Repository,
    nullable: true,
    args: { name: t.arg.string({ required: true }), after: t.arg({ type: "Position" }) },
    validate: z.looseObject({ name: RepositoryName }),
    resolve: (_root, { name, after }, context) => find(context, name, after),
  }),
);

const RepositoryConnection = connectionType(Repository, "Repository");
const byName = cursor("repositories", z.tuple([KeyText]));

builder.queryField("repositories", (t) =>
  t.field({
    type: RepositoryConnection,
    args: connectionArgs(t),
    validate: PageArgs,
    resolve: async (_root, args, context) => {
      const stretch = stretchOf(args, byName);
      const view = await shown(context, "tuf", args.afterPosition);
      const found = await repositoriesPage(context.application.sql, stretch);
      return connectionOf(found, stretch, { ...byName, view, keyOf: ({ name }) => [name], node: (row) => ({ ...row, ...view }) });
    },
  }),
);
