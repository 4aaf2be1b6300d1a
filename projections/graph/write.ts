import { kindOf } from "#domain/graph/keys.ts";
import { linkTypes } from "#domain/graph/kinds.ts";
import { Value } from "#domain/graph/events.ts";
import { copyRow } from "#projections/kernel/copy.ts";
import type { WritableSql } from "#projections/ports/sql.ts";
import type { Changes } from "./changes.ts";
import type { Present, PresentNode } from "./present.ts";
import { tsvector, wordsOf } from "./words.ts";

/** Writes what changed, each table by one COPY and at most two statements. */
export const writeChanges = async (sql: WritableSql, present: Present, changes: Changes): Promise<void> => {
  const copy = (into: string, rows: readonly string[]) => (rows.length === 0 ? undefined : sql.copy(into, rows));
  await endRows(sql, changes);
  await writeNodes(sql, present, copy);
  const spans = [
    ...changes.spansEnded.flatMap(({ row, to }) => (row.from === null ? [] : [copyRow([row.node, row.from, to])])),
    ...[...present.byNumber.values()].flatMap(({ number, spanFrom }) => (spanFrom === null ? [] : [copyRow([number, spanFrom, null])])),
  ];
  await copy("spans (node, from_position, to_position)", spans);
  await copy(
    "claims (node, source, kind, since_position, from_position, to_position)",
    fresh(present.claims.values(), changes.claimsEnded).map(({ row, to }) => copyRow([row.node, row.source, row.kind, row.since, row.from, to])),
  );
  await copy("attributes (node, source, name, value, words, from_position, to_position)", values(present, changes));
  await copy(
    "links (from_node, to_node, type, source, attributes, since_position, from_position, to_position)",
    fresh(present.links.values(), changes.linksEnded).map(({ row, to }) =>
      copyRow([row.from, row.to, linkTypes.indexOf(row.type), row.source, row.attributes, row.since, row.begun, to]),
    ),
  );
  await copy(
    "deployments (node, environment, service, artifact, source, from_position, to_position)",
    fresh(present.deployments.values(), changes.deploymentsEnded).map(({ row, to }) =>
      copyRow([row.node, row.environment, row.service, row.artifact, row.source, row.from, to]),
    ),
  );
  await writeTargets(sql, present, changes, copy);
};

type CopyInto = (into: string, rows: readonly string[]) => Promise<void> | undefined;

/** Rows that the tables have never seen, whether they have ended already or not. */
const fresh = <Row extends { readonly stored: boolean }>(present: Iterable<Row>, ended: readonly { readonly row: Row; readonly to: number }[]) => [
  ...ended.filter(({ row }) => !row.stored),
  ...[...present].filter(({ stored }) => !stored).map((row) => ({ row, to: null })),
];

const values = (present: Present, { valuesEnded }: Changes): string[] => {
  const now = [...present.claims.values()].flatMap(({ node, source, values: named }) =>
    [...named].map(([name, { json, from, stored: known }]) => ({ node, source, name, json, from, stored: known })),
  );
  return fresh(now, valuesEnded).map(({ row, to }) =>
    copyRow([row.node, row.source, row.name, row.json, tsvector(wordsOf(textIn(row.json))), row.from, to]),
  );
};

/** What of a value can be searched for by its words. */
export const textIn = (json: string): string => {
  const value = Value.parse(JSON.parse(json));
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join(" ") : "";
};

const nodeRow = ({ number, key, refined, refinedPosition, held }: PresentNode): string =>
  copyRow([number, key, kindOf(key), refined, refinedPosition, held, tsvector(wordsOf(key))]);

const writeNodes = async (sql: WritableSql, { byNumber }: Present, copy: CopyInto): Promise<void> => {
  const nodes = [...byNumber.values()].filter(({ changed }) => changed);
  await copy("nodes (number, key, kind, refined, refined_position, held, words)", nodes.filter(({ isNew }) => isNew).map(nodeRow));
  const older = nodes.filter(({ isNew }) => !isNew);
  if (older.length === 0) return;
  await sql.query({
    name: "graph.change_nodes",
    text: `update nodes set held = changed.held, refined = changed.refined, refined_position = coalesce(changed.refined_position, nodes.refined_position)
      from unnest($1::int[], $2::int[], $3::text[], $4::bigint[]) as changed (number, held, refined, refined_position)
      where nodes.number = changed.number`,
    values: [
      older.map(({ number }) => number),
      older.map(({ held }) => held),
      older.map(({ refined }) => refined),
      older.map(({ refinedPosition }) => refinedPosition),
    ],
  });
};

const stored = <Row extends { readonly stored: boolean }>(rows: readonly { readonly row: Row; readonly to: number }[]) => rows.filter(({ row }) => row.stored);

const endRows = async (sql: WritableSql, { spansEnded, claimsEnded, valuesEnded, linksEnded, deploymentsEnded }: Changes): Promise<void> => {
  const end = async (table: string, types: readonly string[], rows: readonly (readonly [values: Readonly<Record<string, string | number>>, to: number])[]) => {
    const [first] = rows;
    if (!first) return;
    const columns = Object.keys(first[0]);
    await sql.query({
      name: `graph.end_${table}`,
      text: `update ${table} set to_position = ended.ended_at
        from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(", ")}, $${types.length + 1}::bigint[]) as ended (${columns.join(", ")}, ended_at)
        where ${columns.map((column) => `${table}.${column} = ended.${column}`).join(" and ")} and ${table}.to_position is null`,
      values: [...columns.map((column) => rows.map(([row]) => row[column])), rows.map(([, to]) => to)],
    });
  };
  await end("spans", ["int"], spansEnded.filter(({ row }) => row.from === null).map(({ row, to }) => [{ node: row.node }, to]));
  await end("claims", ["int", "text"], stored(claimsEnded).map(({ row, to }) => [{ node: row.node, source: row.source }, to]));
  await end("attributes", ["int", "text", "text"], stored(valuesEnded).map(({ row, to }) => [{ node: row.node, source: row.source, name: row.name }, to]));
  await end(
    "links",
    ["int", "int", "int", "text"],
    stored(linksEnded).map(({ row, to }) => [{ from_node: row.from, to_node: row.to, type: linkTypes.indexOf(row.type), source: row.source }, to]),
  );
  await end("deployments", ["int"], stored(deploymentsEnded).map(({ row, to }) => [{ node: row.node }, to]));
};

const writeTargets = async (sql: WritableSql, { targets }: Present, { targets: changed }: Changes, copy: CopyInto): Promise<void> => {
  if (changed.size === 0) return;
  const places = [...changed.values()];
  await sql.query({
    name: "graph.drop_targets",
    text: `delete from targets using unnest($1::text[], $2::text[]) as gone (repository, path)
      where targets.repository = gone.repository and targets.path = gone.path`,
    values: [places.map(({ repository }) => repository), places.map(({ path }) => path)],
  });
  await copy(
    "targets (repository, path, artifact, added_position, place)",
    [...changed].flatMap(([name, { repository, path, position, place }]) => {
      const target = targets.get(name);
      return target ? [copyRow([repository, path, target.artifact, position, place])] : [];
    }),
  );
};
