import { z } from "zod";
import { kinds } from "#domain/graph/kinds.ts";
import { builder } from "#api/graphql/builder.ts";
import { Line } from "#api/graphql/input/text.ts";
import type { NodeFilter } from "#projections/graph/filter.ts";
import { NodeKind } from "./enums.ts";

const textFilter = builder.inputType("TextFilter", {
  description: "All of what is given must hold.",
  fields: (t) => ({ eq: t.string(), in: t.stringList(), prefix: t.string(), contains: t.string() }),
});

const kindFilter = builder.inputType("KindFilter", {
  fields: (t) => ({ eq: t.field({ type: NodeKind }), in: t.field({ type: [NodeKind] }) }),
});

const attributeFilter = builder.inputType("AttributeFilter", {
  description: "Some source gives the attribute a value of which all of this holds; the name alone: any value.",
  fields: (t) => ({
    name: t.string({ required: true }),
    eq: t.field({ type: "JSON" }),
    in: t.field({ type: ["JSON"] }),
    contains: t.string({ description: "A list has it among its members, a string within." }),
    prefix: t.string(),
    lt: t.field({ type: "JSON", description: "Numbers are compared with numbers, strings with strings by their code points." }),
    lte: t.field({ type: "JSON" }),
    gt: t.field({ type: "JSON" }),
    gte: t.field({ type: "JSON" }),
  }),
});

export const NodeFilterInput = builder.inputRef<object>("NodeFilter");
NodeFilterInput.implement({
  description: "Which nodes are wanted; all of what is given must hold.",
  fields: (t) => ({
    and: t.field({ type: [NodeFilterInput] }),
    or: t.field({ type: [NodeFilterInput], description: "At least one of them." }),
    not: t.field({ type: NodeFilterInput }),
    kind: t.field({ type: kindFilter }),
    key: t.field({ type: textFilter }),
    source: t.field({ type: textFilter, description: "Who says that the node exists." }),
    attribute: t.field({ type: attributeFilter }),
    text: t.string({ description: "Words, or beginnings of words, each of which is in the key or in an attribute." }),
  }),
});

const Strings = z.array(Line(1024)).max(1000);

/** `eq` is an `in` of one. */
const among = <Value>({ eq, in: some }: { readonly eq?: Value | null | undefined; readonly in?: readonly Value[] | null | undefined }): { in?: readonly Value[] } => {
  if (eq === null || eq === undefined) return some ? { in: some } : {};
  return { in: !some || some.includes(eq) ? [eq] : [] };
};

/** Null is as good as absent. */
const given = <Value>(value: Value | null | undefined): Value | undefined => value ?? undefined;

const Text = z
  .object({ eq: Line(1024).nullish(), in: Strings.nullish(), prefix: Line(1024).nullish(), contains: Line(1024).nullish() })
  .transform(({ prefix, contains, ...rest }) => ({ ...among(rest), prefix: given(prefix), contains: given(contains) }));

const Value = z.union([Line(4096), z.number(), z.boolean(), z.array(z.string()).readonly()], "must be a string, a number, a boolean or a list of strings");
const Bound = z.union([z.number(), Line(4096)], "must be a number or a string").nullish();

const Attribute = z
  .object({
    name: Line(64),
    eq: Value.nullish(),
    in: z.array(Value).max(1000).nullish(),
    contains: Line(4096).nullish(),
    prefix: Line(4096).nullish(),
    lt: Bound,
    lte: Bound,
    gt: Bound,
    gte: Bound,
  })
  .transform(({ name, eq, in: some, contains, prefix, lt, lte, gt, gte }) => {
    // Values of an `eq` and an `in` are compared as PostgreSQL compares them: by what they are.
    const both = among<string>({ eq: eq === null || eq === undefined ? null : JSON.stringify(eq), in: some?.map((value) => JSON.stringify(value)) });
    const values = both.in ? { in: both.in.map((text) => Value.parse(JSON.parse(text))) } : {};
    const bounds = { lt: given(lt), lte: given(lte), gt: given(gt), gte: given(gte) };
    return { name, ...values, contains: given(contains), prefix: given(prefix), ...bounds };
  });

const deepest = 8;
const most = 100;

const Filter: z.ZodType<NodeFilter> = z.lazy(() =>
  z
    .object({
      and: z.array(Filter).max(most).nullish(),
      or: z.array(Filter).max(most).nullish(),
      not: Filter.nullish(),
      kind: z.object({ eq: z.enum(kinds).nullish(), in: z.array(z.enum(kinds)).nullish() }).transform(among).nullish(),
      key: Text.nullish(),
      source: Text.nullish(),
      attribute: Attribute.nullish(),
      text: Line(200).nullish(),
    })
    .transform(({ kind, ...rest }) => ({
      and: given(rest.and),
      or: given(rest.or),
      not: given(rest.not),
      kind: given(kind?.in),
      key: given(rest.key),
      source: given(rest.source),
      attribute: given(rest.attribute),
      text: given(rest.text),
    })),
);

/** How many conditions there are, and how deep they lie. */
const extent = (filter: unknown, depth = 1): { readonly conditions: number; readonly depth: number } => {
  if (typeof filter !== "object" || filter === null || depth > deepest + 1) return { conditions: 0, depth };
  const inner = Object.entries(filter).flatMap(([name, part]) =>
    (name === "and" || name === "or" ? [part].flat() : name === "not" ? [part] : []).map((one) => extent(one, depth + 1)),
  );
  return {
    conditions: inner.reduce((sum, { conditions }) => sum + conditions, 1),
    depth: Math.max(depth, ...inner.map((one) => one.depth)),
  };
};

/** What is asked for is looked at only where it is not too much. */
export const GivenFilter = z
  .unknown()
  .refine((filter) => extent(filter).depth <= deepest + 1, `must not be nested more than ${deepest} levels deep`)
  .refine((filter) => extent(filter).conditions <= most, `must have at most ${most} conditions`)
  .pipe(Filter.nullish());
