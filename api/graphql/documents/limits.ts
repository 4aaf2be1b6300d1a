import { type DocumentNode, GraphQLError, Kind, type SelectionSetNode, visit } from "graphql";
import type { Limits } from "#api/application.ts";

const exceeded = (limit: string, allowed: number): GraphQLError =>
  new GraphQLError(`the document exceeds the limit of ${allowed} for ${limit}`, {
    extensions: { code: "DOCUMENT_LIMIT_EXCEEDED", limit, allowed },
  });

/** Literal lists and objects within each other: more is neither written by hand nor safe to walk through. */
const valueDepth = 32;

/**
 * Refuses what would cost more to validate than to refuse: this runs before graphql-js's own rules, some of which are quadratic.
 * Returns the first limit that is exceeded; null where none is.
 */
export const limitExceeded = (document: DocumentNode, limits: Limits): GraphQLError | null => {
  const { aliases, selections, literals } = measured(document);
  if (aliases > limits.aliases) return exceeded("aliases", limits.aliases);
  if (selections > limits.selections) return exceeded("selections", limits.selections);
  if (literals > valueDepth) return exceeded("the depth of a literal", valueDepth);
  return depthOf(document) > limits.depth ? exceeded("depth", limits.depth) : null;
};

const measured = (document: DocumentNode) => {
  const found = { aliases: 0, selections: 0, literals: 0 };
  let nested = 0;
  const select = () => void found.selections++;
  const literal = {
    enter: () => {
      found.literals = Math.max(found.literals, ++nested);
    },
    leave: () => void nested--,
  };
  visit(document, {
    Field: ({ alias }) => {
      select();
      if (alias) found.aliases++;
    },
    FragmentSpread: select,
    InlineFragment: select,
    Directive: select,
    ListValue: literal,
    ObjectValue: literal,
  });
  return found;
};

// Introspection is deep by nature; graphql-js's own rule bounds what it can blow up.
const depthOf = (document: DocumentNode): number => {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition.selectionSet);
  const known = new Map<string, number>();

  const ofFragment = (name: string): number => {
    const depth = known.get(name);
    if (depth !== undefined) return depth;
    // A cycle ends here; validation tells about it.
    known.set(name, 0);
    const set = fragments.get(name);
    const found = set ? ofSet(set) : 0;
    known.set(name, found);
    return found;
  };

  const ofSet = (set: SelectionSetNode): number =>
    Math.max(
      ...set.selections.map((selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
        if (selection.kind === Kind.INLINE_FRAGMENT) return ofSet(selection.selectionSet);
        if (selection.name.value.startsWith("__")) return 1;
        return 1 + (selection.selectionSet ? ofSet(selection.selectionSet) : 0);
      }),
    );

  return Math.max(0, ...document.definitions.map((one) => (one.kind === Kind.OPERATION_DEFINITION ? ofSet(one.selectionSet) : 0)));
};
