import { Unavailable } from "#domain/kernel/errors.ts";
import type { Database, Sql } from "#projections/ports/sql.ts";
import type { Size } from "./budget.ts";
import type { Edges } from "./edges.ts";
import { type KeyRows, keysFrom } from "./key-rows.ts";

/** The tables that were read, and how far they are. */
export interface Standing {
  /** Of graph.links: rebuilt tables have another. */
  readonly table: number;
  readonly position: number;
  /** Numbers of nodes are below. */
  readonly nodes: number;
}

/** Reads reject with `Unavailable` while the tables are being made, or replaced. */
export interface LinkRows {
  /** How much there is, before it is read. Throws where nodes have been lost: their numbers have no gaps. */
  readonly count: () => Promise<Size>;
  /** All of them, as of one moment, and the keys of all nodes. */
  readonly all: () => Promise<Standing & { readonly batches: readonly Edges[]; readonly keys: readonly KeyRows[] }>;
  /** Those that have begun or ended since, and the keys of nodes that have come; null where these are not the same tables. */
  readonly since: (last: Standing) => Promise<(Standing & { readonly changes: Edges; readonly keys: readonly KeyRows[] }) | null>;
}

/**
 * The links of the read model in PostgreSQL, where its tables are of this generation, in the bytes of typed
 * arrays: a row of a result each would take longer than all else.
 */
export const linkRows = (database: Database, generation: number): LinkRows => ({
  count: () =>
    atOneMoment(database, generation, async (sql, standing) => {
      if (!standing) throw new Unavailable("the graph's tables");
      const [size] = await sql.query<Size>({
        name: "graph.size",
        text: `select (select count(*) from graph.links) as links, count(*) as nodes, coalesce(sum(octet_length(key)), 0)::int8 as "keyBytes" from graph.nodes`,
      });
      const { links, nodes, keyBytes } = size ?? { links: 0, nodes: 0, keyBytes: 0 };
      // Before all is read in vain.
      if (nodes !== standing.nodes) throw new Error(`graph.nodes has ${nodes} rows for numbers below ${standing.nodes}; see: waybill audit verify`);
      return { links, nodes, keyBytes };
    }),
  all: () =>
    atOneMoment(database, generation, async (sql, standing) => {
      if (!standing) throw new Unavailable("the graph's tables");
      const [size] = await sql.query<{ blocks: number }>({ text: "select pg_relation_size('graph.links') / current_setting('block_size')::int as blocks" });
      const batches: Edges[] = [];
      for (let block = 0; block < (size?.blocks ?? 0); block += blocksAtOnce)
        batches.push(await edgesFrom(sql, { name: "graph.links_all", from: stretch, values: [`(${block},0)`, `(${block + blocksAtOnce},0)`] }));
      return { ...standing, batches, keys: await keysFrom(sql, 0, standing.nodes) };
    }),
  since: (last) =>
    atOneMoment(database, generation, async (sql, standing) => {
      if (standing?.table !== last.table || standing.position < last.position) return null;
      const changes = await edgesFrom(sql, { name: "graph.links_since", from: since, values: [last.position] });
      return { ...standing, changes, keys: await keysFrom(sql, last.nodes, standing.nodes) };
    }),
});

/** 32 MB of the table: some 200,000 links. */
const blocksAtOnce = 4096;
const stretch = "graph.links where ctid >= $1::tid and ctid < $2::tid";
const since = `(select from_node, to_node, type, from_position, to_position from graph.links where from_position > $1
  union all select from_node, to_node, type, from_position, to_position from graph.links where to_position > $1 and from_position <= $1) as changed`;

interface Asked {
  readonly name: string;
  readonly from: string;
  readonly values: readonly unknown[];
}

type Columns = Readonly<Record<"from" | "to" | "type" | "begin" | "end", Buffer | null>>;

const edgesFrom = async (sql: Sql, { name, from, values }: Asked): Promise<Edges> => {
  const [row] = await sql.query<Columns & { readonly count: number }>({
    name,
    text: `select count(*) as count, string_agg(int4send(from_node), '') as "from", string_agg(int4send(to_node), '') as "to",
                  string_agg(substr(int2send(type), 2), '') as type, string_agg(float8send(from_position), '') as begin,
                  string_agg(float8send(coalesce(to_position, float8 'infinity')), '') as "end" from ${from}`,
    values,
  });
  const { count, from: sources, to, type, begin, end } = row ?? nothing;
  return {
    count,
    from: new Int32Array(own(sources?.swap32())),
    to: new Int32Array(own(to?.swap32())),
    type: new Uint8Array(own(type)),
    begin: new Float64Array(own(begin?.swap64())),
    end: new Float64Array(own(end?.swap64())),
  };
};

const nothing = { count: 0, from: null, to: null, type: null, begin: null, end: null };

/** Bytes that begin where an array of numbers may; the server's are in network order and have been turned round. */
const own = (bytes: Buffer | null | undefined): ArrayBuffer => {
  const copy = new Uint8Array(bytes?.length ?? 0);
  if (bytes) copy.set(bytes);
  return copy.buffer;
};

/**
 * All reads of the work see the same moment of the same tables. Names are looked up anew by each statement, whatever the snapshot, so
 * that a switch to rebuilt tables could come between: what was read then is thrown away.
 */
const atOneMoment = <Result>(
  database: Database,
  generation: number,
  work: (sql: Sql, standing: Standing | undefined) => Promise<Result>,
): Promise<Result> =>
  database.transaction(async (sql) => {
    await sql.query({ text: "set transaction isolation level repeatable read, read only" });
    const standing = await standingNow(sql, generation);
    const result = await work(sql, standing);
    const [last] = await sql.query<{ table: number }>({ text: "select to_regclass('graph.links')::oid::int8 as table" });
    if (standing && last?.table !== standing.table) throw new Unavailable("the graph's tables, just replaced,");
    return result;
  });

const standingNow = async (sql: Sql, generation: number): Promise<Standing | undefined> => {
  const [standing] = await sql.query<Omit<Standing, "nodes">>({
    name: "graph.standing",
    // The catalogue's rows are as of the snapshot, too.
    text: `select c.oid::int8 as table, p.position from waybill.projections p, pg_class c join pg_namespace n on n.oid = c.relnamespace
            where p.name = 'graph' and p.generation = $1 and n.nspname = 'graph' and c.relname = 'links'`,
    values: [generation],
  });
  if (!standing) return undefined;
  const [row] = await sql.query<{ nodes: number }>({ name: "graph.node_numbers", text: "select coalesce(max(number) + 1, 0) as nodes from graph.nodes" });
  return { ...standing, nodes: row?.nodes ?? 0 };
};
