import type { Value } from "#domain/graph/events.ts";
import type { Kind } from "#domain/graph/kinds.ts";
import { type At, endOfTime, holds } from "./at.ts";
import { tsquery, wordsOf } from "./words.ts";

/** Which nodes are wanted: all of its parts must hold. */
export interface NodeFilter {
  readonly and?: readonly NodeFilter[] | undefined;
  readonly or?: readonly NodeFilter[] | undefined;
  readonly not?: NodeFilter | undefined;
  readonly kind?: readonly Kind[] | undefined;
  readonly key?: TextFilter | undefined;
  /** One of these claims that the node exists. */
  readonly source?: TextFilter | undefined;
  readonly attribute?: AttributeFilter | undefined;
  /** Words, or their beginnings, each of which is in the key or in an attribute. */
  readonly text?: string | undefined;
}

export interface TextFilter {
  readonly in?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
  readonly contains?: string | undefined;
}

/** Some source gives the attribute a value of which all of this holds. */
export interface AttributeFilter {
  readonly name: string;
  readonly in?: readonly Value[] | undefined;
  /** A list has this among its members, a string this within. */
  readonly contains?: string | undefined;
  readonly prefix?: string | undefined;
  /** Numbers are compared with numbers, strings with strings, by their code points. */
  readonly lt?: number | string | undefined;
  readonly lte?: number | string | undefined;
  readonly gt?: number | string | undefined;
  readonly gte?: number | string | undefined;
}

/** Binds a value and answers its place: `$3`. */
export type Bind = (value: unknown) => string;

/** The filter as a condition on `graph.nodes as n`, as of a position. */
export const conditionOf = (filter: NodeFilter, at: At, bind: Bind): string => {
  const parts: string[] = [];
  const inner = (one: NodeFilter) => conditionOf(one, at, bind);
  if (filter.and) parts.push(...filter.and.map(inner));
  if (filter.or) parts.push(filter.or.length === 0 ? "false" : `(${filter.or.map(inner).join(" or ")})`);
  if (filter.not) parts.push(`not (${inner(filter.not)})`);
  if (filter.kind) parts.push(kindIn(filter.kind, at, bind));
  if (filter.key) parts.push(...textConditions("n.key", filter.key, bind));
  if (filter.source) {
    const place = at === null ? "" : bind(at);
    parts.push(`exists (select from graph.claims c where c.node = n.number and ${[holds("c", place, at), ...textConditions("c.source", filter.source, bind)].join(" and ")})`);
  }
  if (filter.attribute) parts.push(attributeCondition(filter.attribute, at, bind));
  if (filter.text !== undefined) parts.push(...wordsOf(filter.text).map((word) => wordCondition(word, at, bind)));
  return parts.length === 0 ? "true" : `(${parts.join(" and ")})`;
};

/** What a node is at a position, as SQL. */
export const kindAt = (at: At, place = String(at)): string =>
  at === null ? "coalesce(n.refined, n.kind)" : `case when n.refined_position <= ${place} then n.refined else n.kind end`;

const kindIn = (kinds: readonly Kind[], at: At, bind: Bind): string => {
  const place = `any(${bind(kinds)}::text[])`;
  // Written so that the indexes of both columns are of use.
  const refined = `n.refined is not null and n.refined_position <= ${at ?? endOfTime}`;
  return `((n.refined = ${place} and ${refined}) or (n.kind = ${place} and not (${refined})))`;
};

const textConditions = (column: string, { in: among, prefix, contains }: TextFilter, bind: Bind): string[] => [
  ...(among ? [`${column} = any(${bind(among)}::text[])`] : []),
  ...(prefix === undefined || prefix === "" ? [] : prefixConditions(column, bind(prefix))),
  ...(contains === undefined ? [] : [`strpos(${column}, ${bind(contains)}) > 0`]),
];

// The bounds keep the walk over the index short; U+10FFFF sorts behind everything that begins with the prefix.
const prefixConditions = (column: string, place: string): string[] => [
  `${column} >= ${place}::text`,
  `${column} < ${place}::text || chr(1114111) || chr(1114111)`,
  `starts_with(${column}, ${place}::text)`,
];

const wordCondition = (word: string, at: At, bind: Bind): string => {
  const query = `${bind(tsquery([word]))}::tsquery`;
  const place = at === null ? "" : bind(at);
  return `n.number in (select number from graph.nodes where words @@ ${query}
    union all select a.node from graph.attributes a where a.words @@ ${query} and ${holds("a", place, at)})`;
};

const attributeCondition = (filter: AttributeFilter, at: At, bind: Bind): string => {
  const { in: among, contains, prefix } = filter;
  const string = "(a.value #>> '{}')";
  const isString = "jsonb_typeof(a.value) = 'string'";
  const parts = [`a.name = ${bind(filter.name)}`, holds("a", at === null ? "" : bind(at), at)];
  if (among) {
    const values = `jsonb_array_elements(${bind(JSON.stringify(among))}::jsonb) v`;
    parts.push(`md5(a.value::text) in (select md5(v::text) from ${values})`, `a.value in (select v from ${values})`);
  }
  if (contains !== undefined) {
    const place = bind(contains);
    parts.push(`case jsonb_typeof(a.value) when 'array' then a.value ? ${place}::text when 'string' then strpos(${string}, ${place}::text) > 0 else false end`);
  }
  if (prefix !== undefined) parts.push(`${isString} and starts_with(${string}, ${bind(prefix)}::text)`);
  for (const [name, operator] of comparisons) {
    const bound = filter[name];
    if (typeof bound === "number") parts.push(`jsonb_typeof(a.value) = 'number' and a.value ${operator} to_jsonb(${bind(bound)}::double precision)`);
    else if (bound !== undefined) parts.push(`${isString} and ${string} collate "C" ${operator} ${bind(bound)}::text`);
  }
  return `exists (select from graph.attributes a where a.node = n.number and ${parts.join(" and ")})`;
};

const comparisons = [
  ["lt", "<"],
  ["lte", "<="],
  ["gt", ">"],
  ["gte", ">="],
] as const;
