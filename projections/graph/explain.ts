import type { Json } from "#domain/kernel/json.ts";
import { type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { type At, endOfTime } from "./at.ts";

/** Something that a source said, from one event to another. */
export interface Fact {
  readonly what: "node" | "attribute" | "link";
  readonly source: string;
  /** Of an attribute. */
  readonly name: string | null;
  /** Of an attribute. */
  readonly value: Json;
  /** Of a link. */
  readonly type: LinkType | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly attributes: Json;
  /** Position of the event that began it. */
  readonly begun: number;
  /** Position of the event that ended it; null: it holds. */
  readonly ended: number | null;
}

/** What to explain: a node with its attributes and links, one attribute of it, one link. */
export type Subject =
  | { readonly node: string; readonly attribute: string | null }
  | { readonly from: string; readonly to: string; readonly type: LinkType };

interface Asked {
  readonly at: At;
  readonly limit: number;
}

/** All that was ever said of it until then, the oldest first: what is behind its state. */
export const explain = async (sql: Sql, subject: Subject, { at, limit }: Asked): Promise<{ readonly facts: readonly Fact[]; readonly truncated: boolean }> => {
  const values = [...valuesOf(subject), at ?? endOfTime, limit + 1];
  const [now, most] = [values.length - 1, values.length];
  const rows = await sql.query<Omit<Fact, "type"> & { readonly type: number | null }>({
    text: `select what, source, name, value, type, "from", "to", attributes, begun, case when ended <= $${now} then ended end as ended
      from (${partsOf(subject).join(" union all ")}) as told where begun <= $${now}
      order by begun, what desc, name, source, "from", "to", type limit $${most}`,
    values,
  });
  const facts = rows.slice(0, limit).map((row): Fact => Object.assign({}, row, { type: row.type === null ? null : (linkTypes[row.type] ?? null) }));
  return { facts, truncated: rows.length > limit };
};

const valuesOf = (subject: Subject): unknown[] => {
  if ("from" in subject) return [subject.from, subject.to, linkTypes.indexOf(subject.type)];
  return subject.attribute === null ? [subject.node] : [subject.node, subject.attribute];
};

const partsOf = (subject: Subject): string[] => {
  if ("from" in subject) return [links("f.key = $1 and t.key = $2 and l.type = $3")];
  if (subject.attribute !== null) return [attributes("n.key = $1 and a.name = $2")];
  const node = "(select number from graph.nodes where key = $1)";
  return [claims, attributes("n.key = $1"), links(`l.from_node = ${node}`), links(`l.to_node = ${node}`)];
};

const claims = `select 'node' as what, c.source, null::text as name, null::jsonb as value, null::smallint as type, null::text as "from", null::text as "to",
  null::jsonb as attributes, c.from_position as begun, c.to_position as ended
  from graph.claims c join graph.nodes n on n.number = c.node where n.key = $1`;

const attributes = (condition: string): string => `select 'attribute' as what, a.source, a.name, a.value, null::smallint as type, null::text as "from", null::text as "to",
  null::jsonb as attributes, a.from_position as begun, a.to_position as ended
  from graph.attributes a join graph.nodes n on n.number = a.node where ${condition}`;

const links = (condition: string): string => `select 'link' as what, l.source, null::text as name, null::jsonb as value, l.type, f.key as "from", t.key as "to",
  l.attributes::jsonb as attributes, l.from_position as begun, l.to_position as ended
  from graph.links l join graph.nodes f on f.number = l.from_node join graph.nodes t on t.number = l.to_node where ${condition}`;
