import { type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import type { Json } from "#domain/kernel/json.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { claimName, endsName, linkName, pathsName, type Present, type PresentNode, targetName } from "./present.ts";
import { keysIn, type Statement } from "./statements.ts";

/** Reads what the statements may change, each table in one statement, whatever their number. */
export const loadPresent = async (sql: Sql, statements: readonly Statement[]): Promise<Present> => {
  const [{ next } = { next: 0 }] = await sql.query<{ next: number }>({
    name: "graph.next",
    text: "select coalesce(max(number), -1) + 1 as next from nodes",
  });
  const present: Present = {
    nodes: new Map(),
    byNumber: new Map(),
    next,
    claims: new Map(),
    links: new Map(),
    ends: new Map(),
    deployments: new Map(),
    targets: new Map(),
    paths: new Map(),
  };
  // An empty graph has nothing that could change.
  if (next === 0) return present;
  await nodesByKey(sql, present, [...new Set(statements.flatMap(keysIn))]);
  await claimsOf(sql, present, statements);
  await linksOf(sql, present, statements);
  await endsOf(sql, present, statements);
  await deploymentsOf(sql, present, statements);
  await targetsOf(sql, present, statements);
  await nodesByNumber(sql, present);
  return present;
};

interface NodeRow {
  readonly number: number;
  readonly key: string;
  readonly refined: string | null;
  readonly held: number;
}

const nodeColumns = "select number, key, refined, held from nodes";

const addNodes = ({ nodes, byNumber }: Present, rows: readonly NodeRow[]): void => {
  for (const row of rows) {
    if (byNumber.has(row.number)) continue;
    const node: PresentNode = { ...row, refinedPosition: null, spanFrom: null, isNew: false, changed: false };
    nodes.set(row.key, node);
    byNumber.set(row.number, node);
  }
};

const nodesByKey = async (sql: Sql, present: Present, keys: readonly string[]): Promise<void> =>
  addNodes(present, await sql.query<NodeRow>({ name: "graph.nodes_by_key", text: `${nodeColumns} where key = any($1::text[])`, values: [keys] }));

/** The other ends of what may end now. */
const nodesByNumber = async (sql: Sql, present: Present): Promise<void> => {
  const numbers = new Set<number>();
  for (const { from, to } of present.links.values()) numbers.add(from).add(to);
  for (const { artifact } of present.deployments.values()) numbers.add(artifact);
  for (const target of present.targets.values()) if (target) numbers.add(target.artifact);
  const missing = [...numbers].filter((number) => !present.byNumber.has(number));
  if (missing.length > 0)
    addNodes(present, await sql.query<NodeRow>({ name: "graph.nodes_by_number", text: `${nodeColumns} where number = any($1::int[])`, values: [missing] }));
};

const claimsOf = async (sql: Sql, { nodes, claims }: Present, statements: readonly Statement[]): Promise<void> => {
  const wanted = statements.flatMap((one) => {
    const node = one.says === "node" || one.says === "no node" ? nodes.get(one.key) : undefined;
    return node && "source" in one ? [{ node: node.number, source: one.source }] : [];
  });
  if (wanted.length === 0) return;
  const values = [wanted.map(({ node }) => node), wanted.map(({ source }) => source)];
  const rows = await sql.query<{ node: number; source: string; kind: string; since: number; from: number }>({
    name: "graph.claims_of",
    text: `select c.node, c.source, c.kind, c.since_position as since, c.from_position as from from unnest($1::int[], $2::text[]) as w (node, source)
      join claims c on c.node = w.node and c.source = w.source and c.to_position is null`,
    values,
  });
  for (const row of rows) claims.set(claimName(row.node, row.source), { ...row, stored: true, values: new Map() });
  const attributes = await sql.query<{ node: number; source: string; name: string; value: Json; from: number }>({
    name: "graph.attributes_of",
    text: `select a.node, a.source, a.name, a.value, a.from_position as from from unnest($1::int[], $2::text[]) as w (node, source)
      join attributes a on a.node = w.node and a.source = w.source and a.to_position is null`,
    values,
  });
  for (const { node, source, name, value, from } of attributes)
    claims.get(claimName(node, source))?.values.set(name, { json: JSON.stringify(value), from, stored: true });
};

interface LinkRow {
  readonly from: number;
  readonly to: number;
  readonly type: number;
  readonly source: string;
  readonly attributes: string;
  readonly since: number;
  readonly begun: number;
}

const linkColumns = `select l.from_node as from, l.to_node as to, l.type, l.source, l.attributes::text as attributes, l.since_position as since,
  l.from_position as begun`;

const addLinks = ({ links, ends }: Present, rows: readonly LinkRow[]): void => {
  for (const row of rows) {
    const type = linkTypes[row.type];
    if (type === undefined) continue;
    links.set(linkName({ ...row, type }), { ...row, type, stored: true });
    ends.get(endsName(row.from, type, row.source))?.add(row.to);
  }
};

const linksOf = async (sql: Sql, present: Present, statements: readonly Statement[]): Promise<void> => {
  const wanted = statements.flatMap((one) => {
    if (one.says !== "link" && one.says !== "no link") return [];
    const [from, to] = [present.nodes.get(one.from), present.nodes.get(one.to)];
    return from && to ? [{ from: from.number, to: to.number, type: linkTypes.indexOf(one.type), source: one.source }] : [];
  });
  if (wanted.length === 0) return;
  const rows = await sql.query<LinkRow>({
    name: "graph.links_of",
    text: `${linkColumns} from unnest($1::int[], $2::int[], $3::int[], $4::text[]) as w (from_node, to_node, type, source)
      join links l on l.from_node = w.from_node and l.to_node = w.to_node and l.type = w.type and l.source = w.source and l.to_position is null`,
    values: [wanted.map(({ from }) => from), wanted.map(({ to }) => to), wanted.map(({ type }) => type), wanted.map(({ source }) => source)],
  });
  addLinks(present, rows);
};

/** The whole of what some statements replace. */
const endsOf = async (sql: Sql, present: Present, statements: readonly Statement[]): Promise<void> => {
  const wanted = statements.flatMap((one): { from: number; type: LinkType; source: string }[] => {
    const from = one.says === "all links" || one.says === "signers" ? present.nodes.get(one.from) : undefined;
    return from && "from" in one ? [{ from: from.number, type: one.says === "all links" ? one.type : "signed-by", source: one.source }] : [];
  });
  if (wanted.length === 0) return;
  for (const { from, type, source } of wanted) present.ends.set(endsName(from, type, source), new Set());
  const rows = await sql.query<LinkRow>({
    name: "graph.ends_of",
    text: `${linkColumns} from unnest($1::int[], $2::int[], $3::text[]) as w (from_node, type, source)
      join links l on l.from_node = w.from_node and l.type = w.type and l.source = w.source and l.to_position is null`,
    values: [wanted.map(({ from }) => from), wanted.map(({ type }) => linkTypes.indexOf(type)), wanted.map(({ source }) => source)],
  });
  addLinks(present, rows);
};

/** What runs now, with its two links. */
const deploymentsOf = async (sql: Sql, present: Present, statements: readonly Statement[]): Promise<void> => {
  const numbers = statements.flatMap((one) => (one.says === "deployment" ? (present.nodes.get(one.deployment)?.number ?? []) : []));
  if (numbers.length === 0) return;
  const rows = await sql.query<{ node: number; environment: string; service: string; artifact: number; source: string; from: number }>({
    name: "graph.deployments_of",
    text: `select node, environment, service, artifact, source, from_position as from from deployments
      where node = any($1::int[]) and to_position is null`,
    values: [numbers],
  });
  for (const row of rows) present.deployments.set(row.node, { ...row, stored: true });
  const links = await sql.query<LinkRow>({
    name: "graph.deployment_links",
    text: `${linkColumns} from links l where l.type = $2 and (l.from_node = any($1::int[]) or l.to_node = any($1::int[])) and l.to_position is null`,
    values: [numbers, linkTypes.indexOf("deployed-to")],
  });
  addLinks(present, links);
};

const targetsOf = async (sql: Sql, present: Present, statements: readonly Statement[]): Promise<void> => {
  const wanted = statements.filter((one) => one.says === "target");
  if (wanted.length === 0) return;
  const rows = await sql.query<{ repository: string; path: string; artifact: number }>({
    name: "graph.targets_of",
    text: `select t.repository, t.path, t.artifact from unnest($1::text[], $2::text[]) as w (repository, path)
      join targets t on t.repository = w.repository and t.path = w.path`,
    values: [wanted.map(({ repository }) => repository), wanted.map(({ path }) => path)],
  });
  for (const { repository, path, artifact } of rows) present.targets.set(targetName(repository, path), { artifact, stored: true });
  const touched = new Set(rows.map(({ artifact }) => artifact));
  for (const { artifact } of wanted) {
    const node = artifact === null ? undefined : present.nodes.get(artifact);
    if (node) touched.add(node.number);
  }
  await pathsOf(sql, present, [...touched]);
};

const pathsOf = async (sql: Sql, present: Present, artifacts: readonly number[]): Promise<void> => {
  if (artifacts.length === 0) return;
  const paths = await sql.query<{ repository: string; path: string; artifact: number }>({
    name: "graph.paths_of",
    text: "select repository, path, artifact from targets where artifact = any($1::int[]) order by added_position, place",
    values: [artifacts],
  });
  for (const { repository, path, artifact } of paths) {
    const name = pathsName(artifact, repository);
    present.paths.set(name, (present.paths.get(name) ?? new Set()).add(path));
  }
  const links = await sql.query<LinkRow>({
    name: "graph.published_links",
    text: `${linkColumns} from links l where l.type = $2 and l.from_node = any($1::int[]) and l.source like 'trust:%' and l.to_position is null`,
    values: [artifacts, linkTypes.indexOf("published-in")],
  });
  addLinks(present, links);
};
