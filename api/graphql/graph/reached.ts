import { z } from "zod";
import { OfferedKey } from "#domain/graph/keys.ts";
import { kinds, type LinkType as Type } from "#domain/graph/kinds.ts";
import { builder } from "#api/graphql/builder.ts";
import { connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import type { Context } from "#api/graphql/context.ts";
import { cursor, KeyNumber } from "#api/graphql/input/cursor.ts";
import type { Stretch } from "#projections/kernel/keyset.ts";
import { ofKinds } from "#projections/graph/queries.ts";
import { pageOfReached } from "#projections/graph/reached-page.ts";
import type { Direction, Reached, Step } from "#projections/graph/walks.ts";
import { LinkType, NodeKind } from "./enums.ts";
import { Graph, shownIn } from "./graph.ts";
import { Types } from "./neighbours.ts";
import { GraphNode, nodeAt, type Seen } from "./node.ts";
import type { GraphView } from "./view.ts";

/** Most nodes that a walk reaches, and how many where nobody says. */
export const walkLimit = { most: 1_000_000, usual: 100_000 } as const;

export const Depth = z.int().min(1, "must be at least 1").max(1000, "must be at most 1000").nullish();
export const Limit = z.int().min(1, "must be at least 1").max(walkLimit.most, `must be at most ${walkLimit.most}`).nullish();

/** What something needs: what it was built from, depends on, contains. */
export const needs: readonly Type[] = ["built-from", "depends-on", "contains"];

const ReachedNode = builder.objectRef<Seen<Step>>("ReachedNode").implement({
  description: "A node at the end of a walk.",
  fields: (t) => ({
    depth: t.int({ description: "Links of the shortest way to it.", resolve: ({ row }) => row.depth }),
    node: t.field({ type: GraphNode, resolve: ({ row, view }) => nodeAt(view, row.number) }),
  }),
});

const ReachedConnection = connectionType(ReachedNode, "Reached");
builder.objectFields(ReachedConnection, (t) => ({
  totalCount: t.int({ description: "How many were reached.", resolve: ({ totalCount }) => totalCount?.() ?? 0 }),
  levels: t.intList({ description: "How many are 1, 2, 3 … links away.", resolve: async ({ reached }) => [...((await reached)?.levels ?? [])] }),
  truncated: t.boolean({ description: "There are more than `limit`.", resolve: async ({ reached }) => (await reached)?.truncated ?? false }),
}));

const byDepth = cursor("reached", z.tuple([KeyNumber, KeyNumber]));

interface Walk {
  readonly direction: Direction;
  readonly key: string;
  readonly types: readonly Type[];
  readonly kinds: readonly (typeof kinds)[number][] | null | undefined;
  readonly depth: number | null;
  readonly limit: number;
}

const walk = async ({ application }: Context, view: GraphView, { key, kinds: wanted, ...rest }: Walk, stretch: Stretch) => {
  const { walks, names } = application;
  const start = await names.numberOf(key);
  if (start === null) return null;
  const way = { ...rest, start, asOf: view.at, atLeast: view.atLeast };
  const found = wanted ? pageOfReached(await onlyKinds({ application }, view, await walks.closure(way), wanted), stretch) : await walks.page(way, stretch);
  const page = connectionOf(found, stretch, {
    ...byDepth,
    view: { ...shownIn(view), position: Math.max(view.at ?? 0, found.position) },
    keyOf: ({ depth, number }) => [depth, number],
    node: (row) => ({ row, view }),
  });
  return { ...page, totalCount: async () => (await found.whole).count, reached: found.whole };
};

const onlyKinds = async ({ application: { sql } }: Pick<Context, "application">, { at }: GraphView, { numbers, levels, ...rest }: Reached, wanted: NonNullable<Walk["kinds"]>): Promise<Reached> => {
  const kept = new Set(await ofKinds(sql, Array.from(numbers), { kinds: wanted, at }));
  let from = 0;
  const some: number[] = [];
  const counts = levels.map((count) => {
    const before = some.length;
    for (let index = from; index < from + count; index++) if (kept.has(numbers[index] ?? -1)) some.push(numbers[index] ?? -1);
    from += count;
    return some.length - before;
  });
  return { ...rest, numbers: some, levels: counts };
};

const directions = {
  dependencies: { direction: "out", description: "What a node needs, directly or not, the nearest first: what it was built from, depends on, contains." },
  dependents: { direction: "in", description: "What needs a node, directly or not, the nearest first: what was built from it, depends on it, contains it." },
} as const;

for (const name of ["dependencies", "dependents"] as const)
  builder.objectField(Graph, name, (t) =>
    t.field({
      type: ReachedConnection,
      nullable: true,
      description: `${directions[name].description} Null where there never was such a node.`,
      extensions: { cost: 20 },
      args: {
        key: t.arg.string({ required: true }).validate(OfferedKey),
        types: t.arg({ type: [LinkType], description: "Links to walk; absent: BUILT_FROM, DEPENDS_ON and CONTAINS." }).validate(Types),
        kinds: t.arg({ type: [NodeKind], description: "Tell only these of those that were reached." }).validate(z.array(z.enum(kinds)).min(1, "must not be empty").nullish()),
        depth: t.arg.int({ description: "Links to walk at most, 1 to 1,000; absent: as far as it goes." }).validate(Depth),
        limit: t.arg.int({ description: "Nodes to reach at most; 100,000 where absent." }).validate(Limit),
        ...t.arg.connectionArgs(),
      },
      validate: PageArgs,
      resolve: (view, { key, types, kinds: wanted, depth, limit, ...args }, context) => {
        const stretch = stretchOf(args, byDepth);
        return walk(context, view, { direction: directions[name].direction, key, types: types ?? needs, kinds: wanted, depth: depth ?? null, limit: limit ?? walkLimit.usual }, stretch);
      },
    }),
  );
