import { z } from "zod";
import { RepositoryName } from "#domain/trust/events.ts";
import type { Shown } from "#api/application.ts";
import { parseJson } from "#api/json.ts";
import { builder } from "#api/graphql/builder.ts";
import { connectionArgs, connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import { type Context, shown } from "#api/graphql/context.ts";
import { positionText, staleText } from "#api/graphql/descriptions.ts";
import { cursor, KeyNumber, KeyText } from "#api/graphql/input/cursor.ts";
import { Line } from "#api/graphql/input/text.ts";
import { metadataContent, metadataByVersion, metadataPage, type MetadataRow } from "#projections/trust/queries.ts";

interface MetadataView extends Omit<MetadataRow, "position">, Shown {}

const Version = z.tuple([RepositoryName, Line(100), z.coerce.number().pipe(z.int().min(1).max(2 ** 31 - 1))]);

export const Metadata = builder.node(builder.objectRef<MetadataView>("Metadata"), {
  description: "One version of one role's metadata; its bytes never change.",
  id: { resolve: ({ repository, role, version }) => `${repository}/${role}/${version}` },
  loadOne: (id, context) => {
    const parsed = Version.safeParse(id.split("/"));
    return parsed.success ? find(context, parsed.data) : null;
  },
  fields: (t) => ({
    repository: t.exposeString("repository"),
    role: t.exposeString("role"),
    version: t.exposeInt("version"),
    expires: t.expose("expires", { type: "DateTime" }),
    length: t.exposeInt("length", { description: "Bytes of the file." }),
    sha256: t.exposeString("sha256", { description: "Of the file, lower-case hex." }),
    publishedAt: t.expose("at", { type: "DateTime" }),
    content: t.field({
      type: "JSON",
      nullable: true,
      description: "The file, parsed. Clients of TUF take its bytes from /tuf/.",
      // A file may have 5 MB.
      extensions: { cost: 190 },
      resolve: async (version, _args, { application }) => {
        const content = await metadataContent(application.sql, version);
        return content && parseJson(content);
      },
    }),
    position: t.expose("position", { type: "Position", description: positionText }),
    stale: t.exposeBoolean("stale", { description: staleText }),
  }),
});

const find = async (context: Context, [repository, role, version]: readonly [string, string, number]) => {
  const view = await shown(context, "tuf");
  const row = await metadataByVersion(context.application.sql, { repository, role, version });
  return row && { ...row, ...view };
};

const MetadataConnection = connectionType(Metadata, "Metadata");
const newest = cursor("metadata", z.tuple([KeyNumber, KeyText, KeyNumber]));
const newestOfRole = cursor("metadata of one role", z.tuple([KeyNumber]));

builder.queryField("metadata", (t) =>
  t.field({
    type: MetadataConnection,
    description: "Every version of every role, or of one; newest first.",
    args: { repository: t.arg.string({ required: true }), role: t.arg.string(), ...connectionArgs(t) },
    validate: PageArgs.extend({ repository: RepositoryName, role: Line(100).nullish() }),
    resolve: async (_root, { repository, role = null, ...args }, context) => {
      const keys = role === null ? newest : newestOfRole;
      const stretch = stretchOf(args, keys);
      const view = await shown(context, "tuf", args.afterPosition);
      const found = await metadataPage(context.application.sql, { repository, role }, stretch);
      const keyOf = (row: MetadataRow) => (role === null ? [row.position, row.role, row.version] : [row.version]);
      return connectionOf(found, stretch, { ...keys, view, keyOf, node: (row) => ({ ...row, ...view }) });
    },
  }),
);
