import { z } from "zod";
import { operation } from "#api/cli/operation.ts";
import { connection, page } from "./shared.ts";

/** A moment of the past as GraphQL takes it. */
export interface AsOf {
  readonly position?: number;
  readonly time?: string;
  readonly event?: string;
}

/** What every question about the graph is asked with. */
export interface Moment {
  readonly asOf?: AsOf | undefined;
  /** A receipt's position that the answer has to know. */
  readonly after?: number | undefined;
}

interface Paged extends Moment {
  readonly first: number;
  readonly cursor?: string | null | undefined;
}

const of = "$asOf: AsOf, $after: Position";
const paged = `${of}, $first: Int, $cursor: String`;
const graph = "graph(asOf: $asOf, after: $after)";
const shown = "position stale asOf";

export const Change = z.object({ position: z.number(), eventId: z.string(), type: z.string(), actor: z.string(), reason: z.string().nullable(), at: z.string() });
export type Change = z.infer<typeof Change>;
const change = "{ position eventId type actor reason at }";

const Shown = z.object({ position: z.number(), stale: z.boolean(), asOf: z.number().nullable() });
export type Shown = z.infer<typeof Shown>;

const Brief = z.object({ key: z.string(), kind: z.string(), since: Change });
export type Brief = z.infer<typeof Brief>;
const brief = `{ key kind since ${change} }`;

const Attribute = z.object({ name: z.string(), value: z.unknown(), source: z.string(), since: Change });
export const Detailed = Brief.extend({ attributes: z.array(Attribute), claims: z.array(z.object({ source: z.string(), since: Change })) });
export type Detailed = z.infer<typeof Detailed>;
const detailed = `{ key kind since ${change} attributes { name value source since ${change} } claims { source since ${change} } }`;

export const showNode = operation<Moment & { key: string }>()(
  `query GraphNode(${of}, $key: String!) { ${graph} { ${shown} node(key: $key) ${detailed} } }`,
  z.object({ graph: Shown.extend({ node: Detailed.nullable() }) }),
);

export const resolveNodes = operation<Moment & { text: string }>()(
  `query GraphResolve(${of}, $text: String!) { ${graph} { ${shown} resolve(text: $text) ${brief} } }`,
  z.object({ graph: Shown.extend({ resolve: z.array(Brief) }) }),
);

export const listNodes = operation<Paged & { filter?: object | undefined }>()(
  `query GraphNodes(${paged}, $filter: NodeFilter) { ${graph} { ${shown} nodes(filter: $filter, first: $first, after: $cursor) { totalCount edges { node ${brief} } ${page} } } }`,
  z.object({ graph: Shown.extend({ nodes: connection(Brief).extend({ totalCount: z.number() }) }) }),
);

const LinkClaim = z.object({ source: z.string(), attributes: z.record(z.string(), z.unknown()), since: Change });
const Neighbour = z.object({ outward: z.boolean(), node: z.object({ key: z.string(), kind: z.string() }), link: z.object({ type: z.string(), claims: z.array(LinkClaim) }) });
export type Neighbour = z.infer<typeof Neighbour>;

export const listNeighbours = operation<Paged & { key: string; direction: string; types?: readonly string[] | undefined }>()(
  `query GraphNeighbours(${paged}, $key: String!, $direction: Direction, $types: [LinkType!]) { ${graph} { ${shown} neighbours(key: $key, direction: $direction, types: $types, first: $first, after: $cursor) {
    totalCount edges { node { outward node { key kind } link { type claims { source attributes since ${change} } } } } ${page} } } }`,
  z.object({ graph: Shown.extend({ neighbours: connection(Neighbour).extend({ totalCount: z.number() }).nullable() }) }),
);

const Reached = z.object({ depth: z.number(), node: z.object({ key: z.string(), kind: z.string() }) });
const reachedPage = connection(Reached).extend({ totalCount: z.number(), levels: z.array(z.number()), truncated: z.boolean() });
export interface Walked extends Paged {
  readonly key: string;
  readonly types?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly depth?: number | undefined;
  readonly limit?: number | undefined;
}
const walked = `${paged}, $key: String!, $types: [LinkType!], $kinds: [NodeKind!], $depth: Int, $limit: Int`;
const walk = `key: $key, types: $types, kinds: $kinds, depth: $depth, limit: $limit, first: $first, after: $cursor) { totalCount levels truncated edges { node { depth node { key kind } } } ${page} }`;

export const dependencies = operation<Walked>()(
  `query GraphDependencies(${walked}) { ${graph} { ${shown} reached: dependencies(${walk} } }`,
  z.object({ graph: Shown.extend({ reached: reachedPage.nullable() }) }),
);

export const dependents = operation<Walked>()(
  `query GraphDependents(${walked}) { ${graph} { ${shown} reached: dependents(${walk} } }`,
  z.object({ graph: Shown.extend({ reached: reachedPage.nullable() }) }),
);

const PathLink = z.object({ type: z.string(), fromKey: z.string(), toKey: z.string(), claims: z.array(z.object({ source: z.string(), attributes: z.record(z.string(), z.unknown()) })) });
export const findPath = operation<Moment & { from: string; to: string; direction: string; types?: readonly string[] | undefined; depth?: number | undefined; limit?: number | undefined }>()(
  `query GraphPath(${of}, $from: String!, $to: String!, $direction: Direction, $types: [LinkType!], $depth: Int, $limit: Int) { ${graph} { ${shown}
    path(from: $from, to: $to, direction: $direction, types: $types, depth: $depth, limit: $limit) { length truncated nodes { key kind } links { type fromKey toKey claims { source attributes } } } } }`,
  z.object({
    graph: Shown.extend({
      path: z.object({ length: z.number().nullable(), truncated: z.boolean(), nodes: z.array(z.object({ key: z.string(), kind: z.string() })), links: z.array(PathLink) }).nullable(),
    }),
  }),
);

const Struck = z.object({ service: z.string(), depth: z.number(), source: z.string(), artifact: z.object({ key: z.string(), kind: z.string() }), since: Change });
export const showBlastRadius = operation<Moment & { key: string; limit?: number | undefined }>()(
  `query GraphBlastRadius(${of}, $key: String!, $limit: Int) { ${graph} { ${shown} blastRadius(key: $key, limit: $limit) { affected truncated
    environments { environment count deployments { service depth source artifact { key kind } since ${change} } } } } }`,
  z.object({
    graph: Shown.extend({
      blastRadius: z
        .object({ affected: z.number(), truncated: z.boolean(), environments: z.array(z.object({ environment: z.string(), count: z.number(), deployments: z.array(Struck) })) })
        .nullable(),
    }),
  }),
);

const Fact = z.object({
  what: z.string(),
  source: z.string(),
  name: z.string().nullable(),
  value: z.unknown(),
  type: z.string().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  attributes: z.unknown(),
  begun: Change,
  ended: Change.nullable(),
});
export type Fact = z.infer<typeof Fact>;

export interface LinkKey {
  readonly type: string;
  readonly from: string;
  readonly to: string;
}

export const explainFacts = operation<Moment & { node?: string | undefined; attribute?: string | undefined; link?: LinkKey | undefined; limit?: number | undefined }>()(
  `query GraphExplain(${of}, $node: String, $attribute: String, $link: LinkKeyInput, $limit: Int) { ${graph} { ${shown} explain(node: $node, attribute: $attribute, link: $link, limit: $limit) { truncated
    facts { what source name value type from to attributes begun ${change} ended ${change} } } } }`,
  z.object({ graph: Shown.extend({ explain: z.object({ truncated: z.boolean(), facts: z.array(Fact) }) }) }),
);

const Difference = z.object({
  what: z.string(),
  change: z.string(),
  key: z.string(),
  to: z.string().nullable(),
  type: z.string().nullable(),
  name: z.string().nullable(),
  source: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  by: Change,
});
export type Difference = z.infer<typeof Difference>;

export const listDifferences = operation<Paged & { from: AsOf; key?: string | undefined }>()(
  `query GraphDiff(${paged}, $from: AsOf!, $key: String) { ${graph} { ${shown} diff(from: $from, key: $key, first: $first, after: $cursor) {
    edges { node { what change key to type name source before after by ${change} } } ${page} } } }`,
  z.object({ graph: Shown.extend({ diff: connection(Difference).nullable() }) }),
);
