import * as fc from "fast-check";
import {
  getNamedType,
  type GraphQLInputType,
  type GraphQLOutputType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
} from "graphql";
import { schema } from "#api/graphql/schema.ts";

/** Text that has broken programs before. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    "",
    "demo",
    "0",
    "-1",
    "1e309",
    "null",
    "__proto__",
    "constructor",
    "toString",
    "\0",
    "a\0b",
    "\ud800",
    "../../etc/passwd",
    "/root",
    "a//b",
    ".",
    "'; drop table tokens; --",
    "%00",
    "$1",
    "\\u0000",
    "\u202e",
    "🤷",
    "a".repeat(5000),
    "2026-02-31T00:00:00Z",
    "9999999999999999",
    "trust.*",
    "*",
    "00000000-0000-4000-8000-000000000000",
    "VGFzazp4",
    "WyJ0YXJnZXRzIl0",
    Buffer.from(`["targets","\0"]`).toString("base64url"),
    Buffer.from(`["events",1e300]`).toString("base64url"),
    Buffer.from(`["tasks","x","y"]`).toString("base64url"),
    Buffer.from("Target:demo/\0").toString("base64"),
    Buffer.from("Event:1e400").toString("base64"),
    Buffer.from("Metadata:demo/x/99999999999").toString("base64"),
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
);

const hostileNumber = fc.oneof(fc.constantFrom(0, -0, -1, 1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 1000, 1001), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));

export const hostileJson = fc.oneof(hostileText, hostileNumber, fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 3 }));

/** What lets an input through to the next check behind it. */
const likely: Readonly<Record<string, unknown>> = {
  repository: "demo",
  name: "demo",
  path: "file-1",
  sha256: "ab".repeat(32),
  key: "pkg:npm/a@1",
  ecosystem: "npm",
  length: 5,
  bins: 16,
  first: 3,
  last: 3,
  after: null,
  before: null,
  reason: "because",
  idempotencyKey: "k",
  source: "here",
};

interface Named {
  readonly name: string;
  readonly type: GraphQLInputType;
}

/** A value of a field or an argument: mostly one that goes through, often a hostile one of its type, now and then of another. */
const valueOf = ({ name, type }: Named, depth = 0): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: name in likely ? 40 : 0, arbitrary: fc.constant(likely[name]) },
    { weight: 20, arbitrary: fittingValue({ name, type }, depth) },
    { weight: 1, arbitrary: hostileJson },
  );

/** Some of the fields or arguments, those that are needed always. */
const valuesOf = (fields: readonly Named[], depth = 0): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc.record(Object.fromEntries(fields.map((field) => [field.name, valueOf(field, depth)])), {
    requiredKeys: fields.filter(({ type }) => isNonNullType(type)).map(({ name }) => name),
  });

const fittingValue = ({ name, type }: Named, depth: number): fc.Arbitrary<unknown> => {
  if (isNonNullType(type)) return fittingValue({ name, type: type.ofType }, depth);
  if (isListType(type)) return fc.array(valueOf({ name, type: type.ofType }, depth + 1), { maxLength: depth > 2 ? 1 : 4 });
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) return valuesOf(Object.values(type.getFields()), depth + 1);
  const byName: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    Int: hostileNumber,
    Float: hostileNumber,
    Position: hostileNumber,
    Boolean: fc.boolean(),
    JSON: hostileJson,
  };
  return byName[type.name] ?? hostileText;
};

/** Everything that can be selected of a type, down to a depth. */
const selectionOf = (type: GraphQLOutputType, depth: number): string => {
  const named = getNamedType(type);
  if (!isObjectType(named) && !isInterfaceType(named)) return "";
  const fields = Object.values(named.getFields()).filter(({ type }) => depth > 0 || !isObjectType(getNamedType(type)));
  return `{ __typename ${fields.map((field) => `${field.name} ${selectionOf(field.type, depth - 1)}`).join(" ")} }`;
};

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Every root field of the API with hostile arguments, as variables. */
export const operations: fc.Arbitrary<Operation> = fc.oneof(
  ...[OperationTypeNode.QUERY, OperationTypeNode.MUTATION].flatMap((kind) =>
    Object.values(schema.getRootType(kind)?.getFields() ?? {}).map((field) =>
      valuesOf(field.args).map((variables): Operation => {
        const declared = field.args.map(({ name, type }) => `$${name}: ${type.toString()}`).join(", ");
        const given = field.args.map(({ name }) => `${name}: $${name}`).join(", ");
        const [head, call] = field.args.length > 0 ? [`${kind} (${declared})`, `${field.name}(${given})`] : [kind, field.name];
        return { query: `${head} { ${call} ${selectionOf(field.type, 3)} }`, variables };
      }),
    ),
  ),
);

const words = ["{", "}", "(", ")", "[", "]", ":", "!", "$", "...", "on", "@", "=", "|", "&", "query", "mutation", "subscription", "fragment", "type", "schema"];
const names = ["repository", "targets", "node", "status", "events", "name", "first", "after", "__schema", "__type", "__typename", "edges", "Query", "a", "b"];
const tokens = fc.oneof(
  fc.constantFrom(...words, ...words, ...names),
  hostileText.map((text) => JSON.stringify(text)),
  hostileNumber.map(String),
  fc.constantFrom(`"""`, `"`, "#", "\ufeff", "1.2.3", "0x1", "@include(if: true)", `name: "demo"`, "first: 2"),
);

/** Words of GraphQL in no order, or an ordinary document with one of them put in. */
export const documents: fc.Arbitrary<string> = fc.oneof(
  fc.array(tokens, { maxLength: 40 }).map((parts) => parts.join(" ")),
  fc
    .tuple(operations, fc.nat(), tokens)
    .map(([{ query }, at, token]) => `${query.slice(0, at % query.length)} ${token} ${query.slice(at % query.length)}`),
  fc.string({ unit: "binary", maxLength: 100 }),
);
