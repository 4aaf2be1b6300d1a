import { builder } from "#api/graphql/builder.ts";
import type { LinkClaimRow, LinkRow } from "#projections/graph/queries.ts";
import { LinkType } from "./enums.ts";
import { ChangeType, GraphNode, nodeAt, type Seen } from "./node.ts";

export const LinkClaim = builder.objectRef<Seen<LinkClaimRow>>("LinkClaim").implement({
  description: "What one source says of a link.",
  fields: (t) => ({
    source: t.string({ resolve: ({ row }) => row.source }),
    attributes: t.field({ type: "JSON", resolve: ({ row }) => row.attributes }),
    since: t.field({ type: ChangeType, description: "Since when it has said that the link exists.", resolve: ({ row, view }) => view.changeOf(row.since) }),
    stated: t.field({ type: ChangeType, description: "Since when with these attributes.", resolve: ({ row, view }) => view.changeOf(row.stated) }),
  }),
});

export const Link = builder.objectRef<Seen<LinkRow>>("Link").implement({
  description: "A link between two nodes, and who says so.",
  fields: (t) => ({
    type: t.field({ type: LinkType, resolve: ({ row }) => row.type }),
    from: t.field({ type: GraphNode, resolve: ({ row, view }) => nodeAt(view, row.from) }),
    to: t.field({ type: GraphNode, resolve: ({ row, view }) => nodeAt(view, row.to) }),
    fromKey: t.string({ resolve: ({ row }) => row.fromKey }),
    toKey: t.string({ resolve: ({ row }) => row.toKey }),
    claims: t.field({
      type: [LinkClaim],
      extensions: { cost: 2 },
      resolve: ({ row, view }) => row.claims.map((claim) => ({ row: claim, view })),
    }),
  }),
});
