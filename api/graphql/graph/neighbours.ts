import { z } from "zod";
import { OfferedKey } from "#domain/graph/keys.ts";
import { linkTypes } from "#domain/graph/kinds.ts";
import { builder } from "#api/graphql/builder.ts";
import { connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import { cursor, KeyNumber, KeyText } from "#api/graphql/input/cursor.ts";
import { linkCount, type LinkRow, linksPage } from "#projections/graph/queries.ts";
import { LinkType } from "./enums.ts";
import { Graph, shownIn } from "./graph.ts";
import { Link } from "./link.ts";
import { GraphNode, nodeAt, type Seen } from "./node.ts";

export const DirectionType = builder.enumType("Direction", {
  description: "Along links (OUT: what a node depends on), against them (IN: what depends on it), or either way.",
  values: { OUT: { value: "out" }, IN: { value: "in" }, BOTH: { value: "both" } },
});

export const Types = z.array(z.enum(linkTypes)).min(1, "must not be empty").nullish();

interface NeighbourRow {
  readonly link: LinkRow;
  readonly outward: boolean;
  readonly place: readonly (string | number)[];
}

const Neighbour = builder.objectRef<Seen<NeighbourRow>>("Neighbour").implement({
  description: "A link of a node, and its other end.",
  fields: (t) => ({
    outward: t.boolean({ description: "The link leads there from the node that was asked about.", resolve: ({ row }) => row.outward }),
    node: t.field({ type: GraphNode, resolve: ({ row, view }) => nodeAt(view, row.outward ? row.link.to : row.link.from) }),
    link: t.field({ type: Link, resolve: ({ row, view }) => ({ row: row.link, view }) }),
  }),
});

const NeighbourConnection = connectionType(Neighbour, "Neighbour");
builder.objectField(NeighbourConnection, "totalCount", (t) => t.int({ extensions: { cost: 20 }, resolve: ({ totalCount }) => totalCount?.() ?? 0 }));
const byOther = cursor("neighbours", z.tuple([KeyText, KeyNumber, KeyNumber]));

builder.objectField(Graph, "neighbours", (t) =>
  t.field({
    type: NeighbourConnection,
    nullable: true,
    description: "The links of a node, by the keys of their other ends. Null where there never was such a node.",
    args: {
      key: t.arg.string({ required: true }).validate(OfferedKey),
      direction: t.arg({ type: DirectionType, defaultValue: "both" }),
      types: t.arg({ type: [LinkType], description: "Absent: all." }).validate(Types),
      ...t.arg.connectionArgs(),
    },
    validate: PageArgs,
    resolve: async (view, { key, direction, types, ...args }, { application: { sql, names } }) => {
      const stretch = stretchOf(args, byOther);
      const node = await names.numberOf(key);
      if (node === null) return null;
      const asked = { node, direction: direction ?? "both", types: types ?? linkTypes, at: view.at };
      const found = await linksPage(sql, asked, stretch);
      const page = connectionOf(found, stretch, {
        ...byOther,
        view: shownIn(view),
        keyOf: ({ place }) => place,
        node: (row) => ({ row, view }),
      });
      return { ...page, totalCount: () => linkCount(sql, asked) };
    },
  }),
);
