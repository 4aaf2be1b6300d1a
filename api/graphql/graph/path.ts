import { OfferedKey } from "#domain/graph/keys.ts";
import { linkTypes } from "#domain/graph/kinds.ts";
import { builder } from "#api/graphql/builder.ts";
import { linksBetween, type LinkRow } from "#projections/graph/queries.ts";
import { LinkType } from "./enums.ts";
import { Graph } from "./graph.ts";
import { Link } from "./link.ts";
import { DirectionType, Types } from "./neighbours.ts";
import { GraphNode, nodeAt, type Seen } from "./node.ts";
import { Depth, Limit, walkLimit } from "./reached.ts";

interface PathRow {
  readonly numbers: readonly number[] | null;
  readonly truncated: boolean;
  readonly links: () => Promise<readonly LinkRow[]>;
}

const Path = builder.objectRef<Seen<PathRow>>("Path").implement({
  description: "A shortest way between two nodes.",
  fields: (t) => ({
    length: t.int({ nullable: true, description: "Links; null where there is no way.", resolve: ({ row }) => row.numbers && row.numbers.length - 1 }),
    truncated: t.boolean({ description: "More nodes than `limit` were looked at in vain: there may be a way.", resolve: ({ row }) => row.truncated }),
    nodes: t.field({
      type: [GraphNode],
      description: "From the one end to the other, both included; none where there is no way.",
      extensions: { cost: 20 },
      resolve: ({ row, view }) => (row.numbers ?? []).map((number) => nodeAt(view, number)),
    }),
    links: t.field({
      type: [Link],
      description: "Every link between a node of the way and the next.",
      extensions: { cost: 20 },
      resolve: async ({ row, view }) => (await row.links()).map((link) => ({ row: link, view })),
    }),
  }),
});

builder.objectField(Graph, "path", (t) =>
  t.field({
    type: Path,
    nullable: true,
    description: "A shortest way between two nodes. Null where there never was one of them.",
    extensions: { cost: 20 },
    args: {
      from: t.arg.string({ required: true }).validate(OfferedKey),
      to: t.arg.string({ required: true }).validate(OfferedKey),
      direction: t.arg({ type: DirectionType, defaultValue: "out" }),
      types: t.arg({ type: [LinkType], description: "Links to walk; absent: all." }).validate(Types),
      depth: t.arg.int({ description: "Links at most, 1 to 1,000." }).validate(Depth),
      limit: t.arg.int({ description: "Nodes to look at, at most; 100,000 where absent." }).validate(Limit),
    },
    resolve: async (view, { from, to, direction, types, depth, limit }, { application: { sql, names, walks } }) => {
      const [start, end] = await Promise.all([names.numberOf(from), names.numberOf(to)]);
      if (start === null || end === null) return null;
      const way = { start, end, direction: direction ?? "out", types: types ?? linkTypes, depth: depth ?? null, limit: limit ?? walkLimit.usual };
      const { numbers, truncated } = await walks.path({ ...way, asOf: view.at, atLeast: view.atLeast });
      const links = async () => (numbers === null ? [] : linksBetween(sql, numbers, { types: way.types, at: view.at }));
      return { row: { numbers, truncated, links }, view };
    },
  }),
);
