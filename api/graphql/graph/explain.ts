import { z } from "zod";
import { OfferedKey } from "#domain/graph/keys.ts";
import { OfferedLinkKey } from "#domain/graph/offered.ts";
import { builder } from "#api/graphql/builder.ts";
import { Line } from "#api/graphql/input/text.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { explain, type Fact, type Subject } from "#projections/graph/explain.ts";
import { LinkType } from "./enums.ts";
import { LinkKeyInput } from "./facts.ts";
import { Graph } from "./graph.ts";
import { ChangeType, type Seen } from "./node.ts";

export const FactKind = builder.enumType("FactKind", {
  values: { NODE: { value: "node" }, ATTRIBUTE: { value: "attribute" }, LINK: { value: "link" } },
});

const FactType = builder.objectRef<Seen<Fact>>("Fact").implement({
  description: "Something that a source said, from one event to another.",
  fields: (t) => ({
    what: t.field({ type: FactKind, resolve: ({ row }) => row.what }),
    source: t.string({ resolve: ({ row }) => row.source }),
    name: t.string({ nullable: true, description: "Of an attribute.", resolve: ({ row }) => row.name }),
    value: t.field({ type: "JSON", nullable: true, description: "Of an attribute.", resolve: ({ row }) => row.value }),
    type: t.field({ type: LinkType, nullable: true, description: "Of a link.", resolve: ({ row }) => row.type }),
    from: t.string({ nullable: true, description: "Key of the node that a link leads from.", resolve: ({ row }) => row.from }),
    to: t.string({ nullable: true, description: "Key of the node that a link leads to.", resolve: ({ row }) => row.to }),
    attributes: t.field({ type: "JSON", nullable: true, description: "Of a link.", resolve: ({ row }) => row.attributes }),
    begun: t.field({ type: ChangeType, description: "The event that began it.", resolve: ({ row, view }) => view.changeOf(row.begun) }),
    ended: t.field({
      type: ChangeType,
      nullable: true,
      description: "The event that ended it; null: it holds.",
      resolve: ({ row, view }) => (row.ended === null ? null : view.changeOf(row.ended)),
    }),
  }),
});

const Explanation = builder.objectRef<{ readonly facts: readonly Seen<Fact>[]; readonly truncated: boolean }>("Explanation").implement({
  description: "What is behind the state of a node, an attribute or a link: all that was ever said of it, the oldest first.",
  fields: (t) => ({
    facts: t.field({ type: [FactType], extensions: { cost: 50 }, resolve: ({ facts }) => [...facts] }),
    truncated: t.boolean({ description: "There are more facts than `limit`.", resolve: ({ truncated }) => truncated }),
  }),
});

const most = 1000;

builder.objectField(Graph, "explain", (t) =>
  t.field({
    type: Explanation,
    description: "The events behind a node with its attributes and links, behind one attribute of it, or behind a link.",
    args: {
      node: t.arg.string().validate(OfferedKey.nullish()),
      attribute: t.arg.string({ description: "Of the node; absent: all that is known of the node." }).validate(Line(64).nullish()),
      link: t.arg({ type: LinkKeyInput, description: "Instead of a node." }).validate(OfferedLinkKey.nullish()),
      limit: t.arg.int({ description: "Facts at most, 1 to 1,000; 200 where absent." }).validate(z.int().min(1, "must be at least 1").max(most, `must be at most ${most}`).nullish()),
    },
    resolve: async (view, { node, attribute, link, limit }, { application }) => {
      const { facts, truncated } = await explain(application.sql, subjectOf(node, attribute, link), { at: view.at, limit: limit ?? 200 });
      return { facts: facts.map((row) => ({ row, view })), truncated };
    },
  }),
);

const subjectOf = (node: string | null | undefined, attribute: string | null | undefined, link: z.infer<typeof OfferedLinkKey> | null | undefined): Subject => {
  if (node && !link) return { node, attribute: attribute ?? null };
  if (link && !node && !attribute) return link;
  throw new InvalidInput([{ path: ["node"], message: "must be given, with an attribute or without, or a link instead" }]);
};
