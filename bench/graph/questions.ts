import { linkTypes } from "#domain/graph/kinds.ts";
import type { Sql } from "#projections/ports/sql.ts";
import type { Question, Set } from "./question.ts";

const hubs = 10;
const others = 200;

/** The packages with the most direct dependents, and packages by chance; now and at an earlier position. */
export const questionsOn = async (sql: Sql, earlier: number): Promise<readonly Set[]> => {
  const hub = await hubNodes(sql);
  const some = chosen(await packageNodes(sql), others);
  const paths = (asOf: number | null) => some.map((start, place): Question => ({ kind: "path", start, end: place % 2 === 0 ? (hub[place % hubs] ?? 0) : (some[place - 1] ?? 0), asOf }));
  const at = (asOf: number | null): Set[] => [
    { name: "dependents of hubs", questions: closures(hub, "in", asOf) },
    { name: "dependents", questions: closures([...hub, ...some], "in", asOf) },
    { name: "dependencies", questions: closures([...hub, ...some], "out", asOf) },
    { name: "path", questions: paths(asOf) },
  ];
  return [...at(null), ...at(earlier).map(({ name, questions }) => ({ name: `${name}, as of an earlier position`, questions }))];
};

const closures = (starts: readonly number[], direction: "in" | "out", asOf: number | null) =>
  starts.map((start): Question => ({ kind: "closure", direction, start, asOf }));

const hubNodes = async (sql: Sql): Promise<number[]> => {
  const rows = await sql.query<{ node: number }>({
    text: "select to_node as node from graph.links where type = $1 and to_position is null group by 1 order by count(*) desc, 1 limit $2",
    values: [linkTypes.indexOf("depends-on"), hubs],
  });
  return rows.map(({ node }) => node);
};

const packageNodes = async (sql: Sql): Promise<number[]> => {
  const rows = await sql.query<{ node: number }>({
    text: "select distinct from_node as node from graph.links where type = $1 order by 1",
    values: [linkTypes.indexOf("contains")],
  });
  return rows.map(({ node }) => node);
};

/** By chance, the same in every run: a linear congruential generator. */
const chosen = (from: readonly number[], count: number): number[] => {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return from[state % from.length] ?? 0;
  });
};
