import { z } from "zod";
import { OfferedKey } from "#domain/graph/keys.ts";
import { builder } from "#api/graphql/builder.ts";
import { connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import { positionText, staleText } from "#api/graphql/descriptions.ts";
import { cursor, KeyText } from "#api/graphql/input/cursor.ts";
import { Line } from "#api/graphql/input/text.ts";
import { nodeCount, nodesPage } from "#projections/graph/queries.ts";
import { resolveText } from "#projections/graph/resolve.ts";
import { GivenFilter, NodeFilterInput } from "./filter.ts";
import { find, GraphNode } from "./node.ts";
import { AsOf, type GraphView, viewOf } from "./view.ts";

export const Graph = builder.objectRef<GraphView>("Graph").implement({
  description: "The artifact graph at one moment: every answer in here is of the same.",
  fields: (t) => ({
    position: t.field({ type: "Position", description: positionText, resolve: ({ position }) => position }),
    stale: t.boolean({ description: staleText, resolve: ({ stale }) => stale }),
    asOf: t.field({ type: "Position", nullable: true, description: "The moment that was asked for; null: now.", resolve: ({ at }) => at }),
  }),
});

builder.queryField("graph", (t) =>
  t.field({
    type: Graph,
    description: "The artifact graph as it is, or as it was. A key: a package URL, `sha256:…`, `git+https://…@<commit>`, `<kind>/<name>`.",
    args: { asOf: t.arg({ type: AsOf }), after: t.arg({ type: "Position", description: "It shows at least this." }) },
    resolve: (_root, args, context) => viewOf(context, args),
  }),
);

const NodeConnection = connectionType(GraphNode, "GraphNode");
builder.objectField(NodeConnection, "totalCount", (t) => t.int({ extensions: { cost: 50 }, resolve: ({ totalCount }) => totalCount?.() ?? 0 }));
const byKey = cursor("nodes", z.tuple([KeyText]));

builder.objectFields(Graph, (t) => ({
  node: t.field({
    type: GraphNode,
    nullable: true,
    args: { key: t.arg.string({ required: true }).validate(OfferedKey) },
    resolve: (view, { key }, context) => find(context, view, key),
  }),
  resolve: t.field({
    type: [GraphNode],
    description: "What a text may mean: the node with this key; else those whose key begins with it; else those with its words, 20 at most.",
    extensions: { cost: 20 },
    args: { text: t.arg.string({ required: true }).validate(Line(1024)) },
    resolve: async (view, { text }, context) => (await resolveText(context.application.sql, text, view.at)).map((row) => ({ row, view })),
  }),
  nodes: t.field({
    type: NodeConnection,
    description: "By key, in the order of its UTF-8 bytes.",
    args: { filter: t.arg({ type: NodeFilterInput }).validate(GivenFilter), ...t.arg.connectionArgs() },
    validate: PageArgs,
    resolve: async (view, { filter, ...args }, context) => {
      const { sql } = context.application;
      const stretch = stretchOf(args, byKey);
      const asked = { filter: filter ?? {}, at: view.at };
      const found = await nodesPage(sql, asked, stretch);
      const page = connectionOf(found, stretch, { ...byKey, view: shownIn(view), keyOf: ({ key }) => [key], node: (row) => ({ row, view }) });
      return { ...page, totalCount: () => nodeCount(sql, asked) };
    },
  }),
}));

export const shownIn = ({ position, stale }: GraphView) => ({ position, stale });
