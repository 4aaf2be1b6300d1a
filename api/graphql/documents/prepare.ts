import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import type { Limits } from "#api/application.ts";
import { recent } from "#api/recent.ts";
import { type Cost, costOf } from "./cost.ts";
import { limitExceeded } from "./limits.ts";

/** A document that may be carried out, with everything about it that is worth finding out only once. */
export interface Prepared {
  readonly text: string;
  readonly document: DocumentNode;
  readonly operations: readonly Operation[];
}

export interface Operation {
  readonly name: string | null;
  readonly kind: OperationDefinitionNode["operation"];
  readonly cost: Cost;
}

/** A document that may not. */
export interface Rejected {
  readonly errors: readonly GraphQLError[];
}

export type Prepare = (text: string) => Prepared | Rejected;

/** Parses, checks the limits, validates; keeps the documents that were used last. */
export const preparer = (schema: GraphQLSchema, limits: Limits): Prepare => {
  const prepared = recent<Prepared>(limits.documentCharacters);

  return (text) => {
    const known = prepared.get(text);
    if (known) return known;
    const document = parsed(text, limits);
    if (document instanceof GraphQLError) return { errors: [document] };
    const exceeded = limitExceeded(document, limits);
    if (exceeded) return { errors: [exceeded] };
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors: errors.map((error) => coded(error, "GRAPHQL_VALIDATION_FAILED")) };
    const ready = { text, document, operations: operationsOf(schema, document) };
    prepared.set(text, ready, text.length);
    return ready;
  };
};

const parsed = (text: string, { tokens }: Limits): DocumentNode | GraphQLError => {
  try {
    return parse(text, { maxTokens: tokens });
  } catch (error) {
    if (error instanceof GraphQLError) return coded(error, "GRAPHQL_PARSE_FAILED");
    // The parser calls itself for each level: thousands of them end its stack.
    if (error instanceof RangeError) return coded(new GraphQLError("Syntax Error: nested too deeply"), "GRAPHQL_PARSE_FAILED");
    throw error;
  }
};

const coded = ({ message, nodes, source, positions }: GraphQLError, code: string): GraphQLError =>
  new GraphQLError(message, { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, extensions: { code } });

const operationsOf = (schema: GraphQLSchema, document: DocumentNode): Operation[] => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => ({
      name: operation.name?.value ?? null,
      kind: operation.operation,
      cost: costOf({ schema, fragments, operation }),
    }));
};

/** The operation that a request means; null where it names none, or leaves open which. */
export const operationOf = ({ operations }: Prepared, name: string | null): Operation | null => {
  if (name === null) return operations.length === 1 ? (operations[0] ?? null) : null;
  return operations.find((operation) => operation.name === name) ?? null;
};
