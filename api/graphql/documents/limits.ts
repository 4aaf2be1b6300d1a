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
  let aliases = 0;
  let selections = 0;
  let nested = 0;
  let deepest = 0;
  const enter = () => {
    deepest = Math.max(deepest, ++nested);
  };
  const leave = () => {
    nested--;
  };
  visit(document, {
    Field: ({ alias }) => {
      selections++;
      if (alias) aliases++;
    },
    FragmentSpread: () => {
      selections++;
    },
    InlineFragment: () => {
      selections++;
    },
    Directive: () => {
      selections++;
    },
    ListValue: { enter, leave },
    ObjectValue: { enter, leave },
  });
  if (aliases > limits.aliases) return exceeded("aliases", limits.aliases);
  if (selections > limits.selections) return exceeded("selections", limits.selections);
  if (deepest > valueDepth) return exceeded("the depth of a literal", valueDepth);
  return depthOf(document) > limits.depth ? exceeded("depth", limits.depth) : null;
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
