import type { Json } from "#domain/kernel/json.ts";
import { type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import { rowsOf, type Stretch } from "#projections/kernel/keyset.ts";
import type { Sql } from "#projections/ports/sql.ts";

/** What is at the one moment and not, or not so, at the other. */
export interface Difference {
  readonly what: "node" | "attribute" | "link";
  readonly change: "added" | "removed" | "changed";
  /** Of the node, or of the node that a link leads from. */
  readonly key: string;
  /** That a link leads to. */
  readonly to: string | null;
  readonly type: LinkType | null;
  /** Of an attribute. */
  readonly name: string | null;
  /** Who said so, of attributes and links. */
  readonly source: string | null;
  readonly before: Json;
  readonly after: Json;
  /** The event that made the difference. */
  readonly position: number;
  /** Its place among the others: what a page begins behind. */
  readonly place: readonly [position: number, rank: number, one: number, other: number, rest: string];
}

interface Asked {
  /** From what the log's events until here left behind … */
  readonly from: number;
  /** … to what those until here did. */
  readonly to: number;
  /** Of these nodes and the links that leave them; null: everything. */
  readonly among: readonly number[] | null;
}

interface Row extends Omit<Difference, "what" | "type" | "place"> {
  readonly rank: number;
  readonly one: number;
  readonly other: number;
  readonly rest: string;
  readonly type: number | null;
}

const ranks = ["node", "attribute", "link"] as const;

/** In the order of the events that made the differences. What came and went in between is no difference. */
export const diffPage = async (sql: Sql, { from, to, among }: Asked, stretch: Stretch) => {
  const nodes = differing({ table: "spans", rank: 0, one: "node", identity: ["node"], value: "null::jsonb", rest: "''", among });
  const attributes = differing({ table: "attributes", rank: 1, one: "node", identity: ["node", "source", "name"], value: "value", rest: "source || ' ' || name", among });
  const links = differing({ table: "links", rank: 2, one: "from_node", identity: ["from_node", "to_node", "type", "source"], value: "attributes::jsonb", rest: "type || ' ' || source", among });
  const select = `select d.*, n.key, t.key as to from (${[nodes, attributes, links].join(" union all ")}) as d
    join graph.nodes n on n.number = d.one left join graph.nodes t on t.number = d.other and d.rank = 2`;
  const values = [from, to, ...(among ? [among] : [])];
  const key = ["d.position", "d.rank", "d.one", "d.other", "d.rest"];
  const { rows, more } = await rowsOf<Row>(sql, { select, where: [], values, key }, stretch);
  return { rows: rows.map(differenceOf), more };
};

const differenceOf = ({ rank, one, other, rest, type, ...row }: Row): Difference => ({
  ...row,
  what: ranks[rank] ?? "node",
  type: type === null ? null : (linkTypes[type] ?? null),
  place: [row.position, rank, one, other, rest],
});

interface Part {
  readonly table: string;
  readonly rank: number;
  readonly one: string;
  readonly identity: readonly string[];
  readonly value: string;
  readonly rest: string;
  readonly among: readonly number[] | null;
}

/** Rows that held before and ended in between, beside those that began in between and hold after. */
const differing = ({ table, rank, one, identity, value, rest, among }: Part): string => {
  const only = among ? ` and ${one} = any($3::int[])` : "";
  const columns = [...identity, `${value} as said`, "from_position", "to_position"].join(", ");
  const gone = `select ${columns} from graph.${table} where from_position <= $1 and to_position > $1 and to_position <= $2${only}`;
  const come = `select ${columns} from graph.${table} where from_position > $1 and from_position <= $2 and (to_position is null or to_position > $2)${only}`;
  const has = (column: string, type: string) => (identity.includes(column) ? column : `null::${type}`);
  return `select coalesce(come.from_position, gone.to_position) as position, ${rank} as rank, ${one} as one,
      ${identity.includes("to_node") ? "to_node" : "0"} as other, ${rest} collate "C" as rest, ${has("type", "smallint")} as type, ${has("name", "text")} as name,
      ${has("source", "text")} as source, gone.said as before, come.said as after,
      case when gone.from_position is null then 'added' when come.from_position is null then 'removed' else 'changed' end as change
    from (${gone}) as gone full join (${come}) as come using (${identity.join(", ")})
    where gone.from_position is null or come.from_position is null or gone.said is distinct from come.said`;
};
