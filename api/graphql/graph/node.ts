import { keyOf } from "#domain/graph/keys.ts";
import { builder } from "#api/graphql/builder.ts";
import type { Context } from "#api/graphql/context.ts";
import { positionText, staleText } from "#api/graphql/descriptions.ts";
import type { Change } from "#projections/graph/at.ts";
import { type AttributeRow, type ClaimRow, nodeByKey, type NodeRow } from "#projections/graph/queries.ts";
import { NodeKind } from "./enums.ts";
import { type GraphView, viewOf } from "./view.ts";

/** A row with the view that its fields are read in. */
export interface Seen<Row> {
  readonly row: Row;
  readonly view: GraphView;
}

export const ChangeType = builder.objectRef<Change>("Change").implement({
  description: "An event that changed the graph.",
  fields: (t) => ({
    position: t.expose("position", { type: "Position" }),
    eventId: t.exposeID("id", { description: "The bare uuid." }),
    type: t.exposeString("type", { description: "With its version: `graph.NodesRecorded.v1`." }),
    stream: t.exposeString("stream"),
    actor: t.exposeString("actor"),
    reason: t.exposeString("reason", { nullable: true }),
    at: t.expose("at", { type: "DateTime" }),
  }),
});

const AttributeType = builder.objectRef<Seen<AttributeRow>>("Attribute").implement({
  description: "What one source says of a node.",
  fields: (t) => ({
    name: t.string({ resolve: ({ row }) => row.name }),
    value: t.field({ type: "JSON", description: "A string, a number, a boolean or a list of strings.", resolve: ({ row }) => row.value }),
    source: t.string({ resolve: ({ row }) => row.source }),
    since: t.field({ type: ChangeType, description: "Since when the source has said so.", resolve: ({ row, view }) => view.changeOf(row.since) }),
  }),
});

const ClaimType = builder.objectRef<Seen<ClaimRow>>("Claim").implement({
  description: "A source says that a node exists.",
  fields: (t) => ({
    source: t.string({ resolve: ({ row }) => row.source }),
    since: t.field({ type: ChangeType, resolve: ({ row, view }) => view.changeOf(row.since) }),
  }),
});

/** What led to a node may know it by its number only: the rest is then looked up where it is asked for. */
type ShownNode = Pick<NodeRow, "number"> & Partial<NodeRow>;

const keyIn = ({ row, view }: Seen<ShownNode>): string | Promise<string> => row.key ?? view.keyOf(row.number);

export const GraphNode = builder.node(builder.objectRef<Seen<ShownNode>>("GraphNode"), {
  description: "A node of the artifact graph. Its key is taken wherever an id is.",
  id: { resolve: keyIn },
  loadOne: async (id, context) => {
    const key = keyOf(id);
    return key && find(context, await viewOf(context, {}), key.key);
  },
  fields: (t) => ({
    key: t.string({ resolve: keyIn }),
    kind: t.field({ type: NodeKind, resolve: ({ row, view }) => row.kind ?? view.nodeOf(row.number).then(({ kind }) => kind) }),
    since: t.field({ type: ChangeType, description: "Since when it has existed without a break.", resolve: async ({ row, view }) => view.changeOf(row.since ?? (await view.sinceOf(row.number))) }),
    attributes: t.field({
      type: [AttributeType],
      description: "By name. Sources may contradict each other: each is told.",
      extensions: { cost: 5 },
      resolve: async ({ row, view }) => (await view.attributesOf(row.number)).map((attribute) => ({ row: attribute, view })),
    }),
    claims: t.field({
      type: [ClaimType],
      description: "Who says that it exists; nobody where it is only the end of a link.",
      extensions: { cost: 5 },
      resolve: async ({ row, view }) => (await view.claimsOf(row.number)).map((claim) => ({ row: claim, view })),
    }),
    position: t.field({ type: "Position", description: positionText, resolve: ({ view }) => view.position }),
    stale: t.boolean({ description: staleText, resolve: ({ view }) => view.stale }),
  }),
});

export const find = async ({ application }: Context, view: GraphView, key: string): Promise<Seen<NodeRow> | null> => {
  const row = await nodeByKey(application.sql, key, view.at);
  return row ? { row, view } : null;
};

/** A node whose number is known, of a link or a walk. */
export const nodeAt = (view: GraphView, number: number): Seen<ShownNode> => ({ row: { number }, view });
