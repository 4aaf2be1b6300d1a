import type { Json } from "#domain/kernel/json.ts";
import { kinds, type Kind, type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import { rowsOf, type Stretch } from "#projections/kernel/keyset.ts";
import type { Sql, Statement } from "#projections/ports/sql.ts";
import { type At, endOfTime, holds } from "./at.ts";
import { conditionOf, kindAt, type NodeFilter } from "./filter.ts";
import type { Direction } from "./walks.ts";

/** What a node is, whether it exists or not. */
export interface NamedRow {
  readonly number: number;
  readonly key: string;
  readonly kind: Kind;
}

export interface NodeRow extends NamedRow {
  /** Since when it has existed without a break. */
  readonly since: number;
}

interface RawNode extends Omit<NodeRow, "kind"> {
  readonly kind: string;
}

const kindNamed = (name: string): Kind => kinds.find((one) => one === name) ?? "artifact";
const nodeOf = ({ kind, ...row }: RawNode): NodeRow => ({ ...row, kind: kindNamed(kind) });

/** Nodes with the span in which they exist at a position: those without one are not there. `place`: where the position is bound. */
const nodesAt = (at: At, place = String(at)): string =>
  `select n.number, n.key, ${kindAt(at, place)} as kind, s.from_position as since
   from graph.nodes n join graph.spans s on s.node = n.number and ${holds("s", place, at)}`;

/** Asked for by every answer: planned once. */
const planned = (name: string, at: At, text: (place: string) => string, wanted: unknown): Statement =>
  at === null ? { name: `graph.shown_${name}`, text: text(""), values: [wanted] } : { name: `graph.shown_${name}_at`, text: text("$2"), values: [wanted, at] };

/** One key and no list of them: a list of one is planned anew each time, which takes longer than the look itself. */
export const nodeByKey = async (sql: Sql, key: string, at: At): Promise<NodeRow | null> => {
  const [row] = await sql.query<RawNode>(planned("by_key", at, (place) => `${nodesAt(at, place)} where n.key = $1`, key));
  return row ? nodeOf(row) : null;
};

/** What links and walks led to: that existed then, or, in the graph as it is, a moment ago. */
export const nodesByNumbers = async (sql: Sql, numbers: readonly number[], at: At): Promise<readonly NamedRow[]> => {
  const text = (place: string) => `select n.number, n.key, ${kindAt(at, place)} as kind from graph.nodes n where n.number = any($1::int[])`;
  const rows = await sql.query<Omit<RawNode, "since">>(planned("by_numbers", at, text, numbers));
  return rows.map(({ number, key, kind }) => ({ number, key, kind: kindNamed(kind) }));
};

/** Since when nodes have existed without a break; those that are gone by now, had. */
export const sincesOf = async (sql: Sql, numbers: readonly number[], at: At): Promise<ReadonlyMap<number, number>> => {
  const rows = await sql.query<{ node: number; since: number }>({
    name: "graph.since",
    text: "select node, max(from_position) as since from graph.spans where node = any($1::int[]) and from_position <= $2 group by node",
    values: [numbers, at ?? endOfTime],
  });
  return new Map(rows.map(({ node, since }) => [node, since]));
};

/** A number even of a node that was or will be: walks begin there. Null where there never was one. */
export const numberOf = async (sql: Sql, key: string): Promise<number | null> => {
  const [row] = await sql.query<{ number: number }>({ name: "graph.number", text: "select number from graph.nodes where key = $1", values: [key] });
  return row?.number ?? null;
};

const bound = () => {
  const values: unknown[] = [];
  return { values, bind: (value: unknown) => `$${values.push(value)}` };
};

/** By key (in the order of its UTF-8 bytes). */
export const nodesPage = async (sql: Sql, { filter, at }: { readonly filter: NodeFilter; readonly at: At }, stretch: Stretch) => {
  const { values, bind } = bound();
  const where = [conditionOf(filter, at, bind)];
  const { rows, more } = await rowsOf<RawNode>(sql, { select: nodesAt(at), where, values, key: ["n.key"] }, stretch);
  return { rows: rows.map(nodeOf), more };
};

export const nodeCount = async (sql: Sql, { filter, at }: { readonly filter: NodeFilter; readonly at: At }): Promise<number> => {
  const { values, bind } = bound();
  const condition = conditionOf(filter, at, bind);
  const exists = at === null ? "n.held > 0" : `exists (select from graph.spans s where s.node = n.number and ${holds("s", String(at), at)})`;
  const [row] = await sql.query<{ count: number }>({ text: `select count(*) as count from graph.nodes n where ${condition} and ${exists}`, values });
  return row?.count ?? 0;
};

/** Which of these nodes are of these kinds, in their order. */
export const ofKinds = async (sql: Sql, numbers: readonly number[], { kinds: wanted, at }: { readonly kinds: readonly Kind[]; readonly at: At }) => {
  const { values, bind } = bound();
  const condition = conditionOf({ kind: wanted }, at, bind);
  const [row] = await sql.query<{ numbers: string | null }>({
    text: `select string_agg(n.number::text, ',') as numbers from graph.nodes n where n.number = any(${bind(numbers)}::int[]) and ${condition}`,
    values,
  });
  const found = new Set((row?.numbers ?? "").split(",").filter(Boolean).map(Number));
  return numbers.filter((number) => found.has(number));
};

export interface AttributeRow {
  readonly node: number;
  readonly name: string;
  readonly value: Json;
  readonly source: string;
  readonly since: number;
}

/** What sources say of nodes, by name, then by source. */
export const attributesOf = (sql: Sql, nodes: readonly number[], at: At): Promise<readonly AttributeRow[]> =>
  sql.query<AttributeRow>({
    text: `select a.node, a.name, a.value, a.source, a.from_position as since from graph.attributes a
      where a.node = any($1::int[]) and ${holds("a", String(at), at)} order by a.name, a.source`,
    values: [nodes],
  });

export interface ClaimRow {
  readonly node: number;
  readonly source: string;
  readonly kind: string;
  /** Since when it has said so without a break. */
  readonly since: number;
}

/** Who says that nodes exist. A node without a claim is an end of a link. */
export const claimsOf = (sql: Sql, nodes: readonly number[], at: At): Promise<readonly ClaimRow[]> =>
  sql.query<ClaimRow>({
    text: `select c.node, c.source, c.kind, c.since_position as since from graph.claims c
      where c.node = any($1::int[]) and ${holds("c", String(at), at)} order by c.source`,
    values: [nodes],
  });

export interface LinkRow {
  readonly type: LinkType;
  readonly from: number;
  readonly to: number;
  readonly fromKey: string;
  readonly toKey: string;
  readonly claims: readonly LinkClaimRow[];
}

/** What one source says of a link. */
export interface LinkClaimRow {
  readonly source: string;
  readonly attributes: Json;
  /** Since when it has said so without a break. */
  readonly since: number;
  /** Since when with these attributes. */
  readonly stated: number;
}

interface RawLink extends Omit<LinkRow, "type"> {
  readonly type: number;
}

const linkOf = ({ type, ...row }: RawLink): LinkRow => ({ ...row, type: linkTypes[type] ?? "contains" });

const linkColumns = `l.type, l.from_node as from, l.to_node as to, f.key as "fromKey", t.key as "toKey",
  json_agg(json_build_object('source', l.source, 'attributes', l.attributes, 'since', l.since_position, 'stated', l.from_position) order by l.source) as claims`;
const linkTables = "graph.links l join graph.nodes f on f.number = l.from_node join graph.nodes t on t.number = l.to_node";

export interface Neighbourhood {
  readonly node: number;
  readonly direction: Direction;
  readonly types: readonly LinkType[];
  readonly at: At;
}

/** The links at a node, by the other end's key, then by type and direction. */
export const linksPage = async (sql: Sql, { node, direction, types, at }: Neighbourhood, stretch: Stretch) => {
  const ends = { out: "l.from_node = $1", in: "l.to_node = $1", both: "(l.from_node = $1 or l.to_node = $1)" }[direction];
  const conditions = [ends, "l.type = any($2::smallint[])", holds("l", String(at), at)];
  const select = `select * from (select ${linkColumns}, case when l.from_node = $1 then t.key else f.key end as other, (l.from_node = $1)::int as outward
    from ${linkTables} where ${conditions.join(" and ")} group by l.type, l.from_node, l.to_node, f.key, t.key) as found`;
  const values = [node, types.map((type) => linkTypes.indexOf(type))];
  const { rows, more } = await rowsOf<RawLink & { readonly other: string; readonly outward: number }>(
    sql,
    { select, where: [], values, key: ["other", "type", "outward"] },
    stretch,
  );
  return { rows: rows.map((row) => ({ link: linkOf(row), outward: row.outward === 1, place: [row.other, row.type, row.outward] })), more };
};

export const linkCount = async (sql: Sql, { node, direction, types, at }: Neighbourhood): Promise<number> => {
  const ends = { out: "l.from_node = $1", in: "l.to_node = $1", both: "(l.from_node = $1 or l.to_node = $1)" }[direction];
  const [row] = await sql.query<{ count: number }>({
    text: `select count(distinct (l.type, l.from_node, l.to_node)) as count from graph.links l
      where ${ends} and l.type = any($2::smallint[]) and ${holds("l", String(at), at)}`,
    values: [node, types.map((type) => linkTypes.indexOf(type))],
  });
  return row?.count ?? 0;
};

/** The links between each node of a way and the next, whichever way they lead. */
export const linksBetween = async (sql: Sql, way: readonly number[], { types, at }: { readonly types: readonly LinkType[]; readonly at: At }) => {
  const rows = await sql.query<RawLink>({
    text: `select ${linkColumns} from ${linkTables}
      where (l.from_node, l.to_node) in (select * from unnest($1::int[], $2::int[]) union select * from unnest($2::int[], $1::int[]))
        and l.type = any($3::smallint[]) and ${holds("l", String(at), at)}
      group by l.type, l.from_node, l.to_node, f.key, t.key order by l.type`,
    values: [way.slice(0, -1), way.slice(1), types.map((type) => linkTypes.indexOf(type))],
  });
  return rows.map(linkOf);
};

export interface DeploymentRow {
  readonly node: number;
  readonly environment: string;
  readonly service: string;
  readonly artifact: number;
  readonly source: string;
  readonly since: number;
}

/** What runs, of an environment or everywhere. */
export const deploymentsAt = (sql: Sql, at: At): Promise<readonly DeploymentRow[]> =>
  sql.query<DeploymentRow>({
    text: `select d.node, d.environment, d.service, d.artifact, d.source, d.from_position as since from graph.deployments d
      where ${holds("d", String(at), at)} order by d.environment, d.service`,
  });
