import { kinds, linkTypes } from "#domain/graph/kinds.ts";
import { builder } from "#api/graphql/builder.ts";

const values = <Value extends string>(names: readonly Value[]) =>
  Object.fromEntries(names.map((value) => [value.toUpperCase().replace("-", "_"), { value }]));

export const NodeKind = builder.enumType("NodeKind", { description: "What a node of the artifact graph is.", values: values(kinds) });

export const LinkType = builder.enumType("LinkType", {
  description: "How the node `from` is linked to the node `to`: it is built from it, depends on it …",
  values: values(linkTypes),
});
