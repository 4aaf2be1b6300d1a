import { z } from "zod";
import { OfferedKey } from "#domain/graph/keys.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { builder } from "#api/graphql/builder.ts";
import { connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import type { Context } from "#api/graphql/context.ts";
import { cursor, KeyNumber, KeyText } from "#api/graphql/input/cursor.ts";
import { diffPage, type Difference } from "#projections/graph/diff.ts";
import { LinkType } from "./enums.ts";
import { FactKind } from "./explain.ts";
import { Graph, shownIn } from "./graph.ts";
import { ChangeType, type Seen } from "./node.ts";
import { needs, walkLimit } from "./reached.ts";
import { AsOf, type GraphView, positionOf } from "./view.ts";

const DifferenceKind = builder.enumType("DifferenceKind", {
  values: { ADDED: { value: "added" }, REMOVED: { value: "removed" }, CHANGED: { value: "changed" } },
});

const DifferenceType = builder.objectRef<Seen<Difference>>("Difference").implement({
  description: "What is at the later moment and was not, or not so, at the earlier, or the other way round.",
  fields: (t) => ({
    what: t.field({ type: FactKind, resolve: ({ row }) => row.what }),
    change: t.field({ type: DifferenceKind, resolve: ({ row }) => row.change }),
    key: t.string({ description: "Of the node, or of the node that the link leads from.", resolve: ({ row }) => row.key }),
    to: t.string({ nullable: true, description: "Key of the node that the link leads to.", resolve: ({ row }) => row.to }),
    type: t.field({ type: LinkType, nullable: true, resolve: ({ row }) => row.type }),
    name: t.string({ nullable: true, description: "Of the attribute.", resolve: ({ row }) => row.name }),
    source: t.string({ nullable: true, description: "Who said so, of attributes and links.", resolve: ({ row }) => row.source }),
    before: t.field({ type: "JSON", nullable: true, description: "The attribute's value, the link's attributes.", resolve: ({ row }) => row.before }),
    after: t.field({ type: "JSON", nullable: true, resolve: ({ row }) => row.after }),
    by: t.field({ type: ChangeType, description: "The event that made the difference, and who and why.", resolve: ({ row, view }) => view.changeOf(row.position) }),
  }),
});

const DifferenceConnection = connectionType(DifferenceType, "Difference");
const byPlace = cursor("diff", z.tuple([KeyNumber, KeyNumber, KeyNumber, KeyNumber, KeyText]));

builder.objectField(Graph, "diff", (t) =>
  t.field({
    type: DifferenceConnection,
    nullable: true,
    description:
      "From an earlier moment to this graph's, in the order of the events. With a key: of that node and what it needs (a deployment: what it runs), at either moment; null where there never was such a node.",
    extensions: { cost: 50 },
    args: { from: t.arg({ type: AsOf, required: true }), key: t.arg.string().validate(OfferedKey.nullish()), ...t.arg.connectionArgs() },
    validate: PageArgs,
    resolve: async (view, { from: given, key, ...args }, context) => {
      const stretch = stretchOf(args, byPlace);
      const [from, to] = [await positionOf(context, given, "from"), view.at ?? view.position];
      if (from > to) throw new InvalidInput([{ path: ["from"], message: `must not be later than what it is compared with (position ${to})` }]);
      const among = key ? await needed(context, view, key, [from, to]) : null;
      if (key && !among) return null;
      const found = await diffPage(context.application.sql, { from, to, among }, stretch);
      return connectionOf(found, stretch, { ...byPlace, view: shownIn(view), keyOf: ({ place }) => place, node: (row) => ({ row, view }) });
    },
  }),
);

/** A node and what it needs at any of these moments; of a deployment that is what it runs, which the link `deployed-to` leads from. */
const needed = async ({ application: { names, walks } }: Context, { atLeast }: GraphView, key: string, moments: readonly number[]): Promise<number[] | null> => {
  const start = await names.numberOf(key);
  if (start === null) return null;
  const among = new Set([start]);
  for (const asOf of moments) {
    const at = { asOf, limit: walkLimit.usual, atLeast };
    const run = await walks.closure({ ...at, start, direction: "in", types: ["deployed-to"], depth: 1 });
    for (const from of [start, ...Array.from(run.numbers)]) {
      const reached = await walks.closure({ ...at, start: from, direction: "out", types: needs, depth: null });
      for (const number of [from, ...Array.from(reached.numbers)]) among.add(number);
    }
  }
  return [...among];
};
