import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { pageSize } from "#api/graphql/connection.ts";

export type Variables = Readonly<Record<string, unknown>>;

/** What an answer may hold, in objects, given its variables. */
export type Cost = (variables: Variables) => number;

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly operation: OperationDefinitionNode;
}

/** Compiled once for a document; merges fields as an execution does, so that it takes no longer than one over single objects. */
export const costOf = (walk: Walk): Cost => {
  const root = walk.schema.getRootType(walk.operation.operation);
  return root ? ofSets(walk, [walk.operation.selectionSet], root, free) : free;
};

const free: Cost = () => 0;

/** `page`: how many edges the connection around these fields has. */
const ofSets = (walk: Walk, sets: readonly SelectionSetNode[], type: GraphQLNamedType, page: Cost): Cost => {
  const fields: Fields = new Map();
  const seen = new Set<string>();
  for (const set of sets) collect(walk, { set, type, seen, fields });
  const costs = [...fields.values()].map(({ nodes, parent }) => ofField(walk, nodes, parent, page));
  return (variables) => costs.reduce((sum, cost) => sum + cost(variables), 0);
};

type Fields = Map<string, { readonly nodes: FieldNode[]; readonly parent: GraphQLNamedType }>;

interface Collecting {
  readonly set: SelectionSetNode;
  readonly type: GraphQLNamedType;
  readonly seen: Set<string>;
  readonly fields: Fields;
}

// CollectFields of the specification (§6.3.2), for all possible types at once.
const collect = (walk: Walk, { set, type, seen, fields }: Collecting): void => {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const key = `${type.name}.${selection.alias?.value ?? selection.name.value}`;
      const field = fields.get(key);
      if (field) field.nodes.push(selection);
      else fields.set(key, { nodes: [selection], parent: type });
      continue;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : unseen(walk, selection.name.value, seen);
    if (!fragment) continue;
    const condition = fragment.typeCondition?.name.value;
    const inner = condition === undefined ? type : (walk.schema.getType(condition) ?? type);
    collect(walk, { set: fragment.selectionSet, type: inner, seen, fields });
  }
};

const unseen = ({ fragments }: Walk, name: string, seen: Set<string>): FragmentDefinitionNode | undefined => {
  if (seen.has(name)) return undefined;
  seen.add(name);
  return fragments.get(name);
};

const ofField = (walk: Walk, nodes: readonly FieldNode[], parent: GraphQLNamedType, page: Cost): Cost => {
  const [node] = nodes;
  const field = node && (isObjectType(parent) || isInterfaceType(parent)) ? parent.getFields()[node.name.value] : undefined;
  if (!node || !field) return free;
  const type = getNamedType(field.type);
  const own = ownCost(field, isCompositeType(type));
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  if (sets.length === 0) return () => own;
  const isConnection = field.args.some(({ name }) => name === "first");
  const inner = ofSets(walk, sets, type, isConnection ? sizeOf(walk.operation, node) : free);
  const times: Cost = node.name.value === "edges" ? page : () => 1;
  return (variables) => times(variables) * (own + inner(variables));
};

const ownCost = ({ extensions }: GraphQLField<unknown, unknown>, composite: boolean): number =>
  typeof extensions["cost"] === "number" ? extensions["cost"] : Number(composite);

/** `first` or `last` of a connection. What is no number is refused later; until then it costs the most. */
const sizeOf = ({ variableDefinitions = [] }: OperationDefinitionNode, { arguments: given = [] }: FieldNode): Cost => {
  const sizes = given.filter(({ name }) => name.value === "first" || name.value === "last").map(({ value }): Cost => {
    if (value.kind === Kind.INT) return () => clamped(Number(value.value));
    if (value.kind !== Kind.VARIABLE) return () => pageSize.usual;
    const name = value.name.value;
    const usual = variableDefinitions.find(({ variable }) => variable.name.value === name)?.defaultValue;
    const absent = usual?.kind === Kind.INT ? clamped(Number(usual.value)) : pageSize.usual;
    return (variables) => (variables[name] === undefined || variables[name] === null ? absent : clamped(variables[name]));
  });
  return sizes.length === 0 ? () => pageSize.usual : (variables) => Math.max(...sizes.map((size) => size(variables)));
};

const clamped = (size: unknown): number => (typeof size === "number" && size >= 0 && size <= pageSize.most ? size : pageSize.most);
