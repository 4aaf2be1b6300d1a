import assert from "node:assert/strict";
import { openWalks } from "#infra/graph/open-walks.ts";
import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import { paged } from "#projections/graph/reached-page.ts";
import { sqlWalks } from "#projections/graph/sql-walks.ts";
import type { Database } from "#projections/ports/sql.ts";
import { startPostgres } from "#test/support/postgres.ts";
import { type DebianGraph, debianGraph, debianIndexes } from "./graph/debian-graph.ts";
import { openNeo4j } from "./graph/neo4j.ts";
import { overGraphql } from "./graph/over-graphql.ts";
import { ownWalks, walkedTypes } from "./graph/own.ts";
import type { Answer, Contestant, Set } from "./graph/question.ts";
import { questionsOn } from "./graph/questions.ts";
import { percentile } from "./measure.ts";
import type { Row } from "./rows.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);

/** Walks over the packages of this machine's Debian index: in memory, over the tables, and in Neo4j, in one run and in turns, with the same answers. */
export const benchGraph = async (): Promise<readonly Row[]> => {
  const [index] = debianIndexes();
  if (index === undefined) {
    process.stderr.write("graph: not run here: needs the lists of a Debian bookworm machine (apt-get update)\n");
    return [];
  }
  await using opened = new AsyncDisposableStack();
  const { url } = opened.use(await startPostgres());
  const pool = opened.adopt(openPool({ connectionString: url }), (pool) => pool.end());
  const database = databaseOver(pool);
  const graph = await debianGraph(database, index);
  const memory = await inMemory(opened, database, graph);
  const tables = ownWalks("tables", paged(sqlWalks(database)));
  const neo4j = await openNeo4j(database, walkedTypes);
  const others = typeof neo4j === "string" ? [] : neo4j.map((one) => opened.use(one));
  if (typeof neo4j === "string") process.stderr.write(`graph: without Neo4j: ${neo4j}\n`);
  const rows: Row[] = [
    { name: "Debian index into the graph", value: graph.seconds, unit: "s", goal: "≤ 15" },
    { name: `graph loaded into memory, ${memory.links} rows of links`, value: memory.milliseconds, unit: "ms", goal: "< 1,000" },
  ];
  const sets = await questionsOn(database, graph.earlier);
  for (const set of sets) rows.push(...(await measured(set, [memory.walks, tables, ...others])));
  return [...rows, ...(await overGraphql(database, { url, head: graph.head }, sets))];
};

const inMemory = async (opened: AsyncDisposableStack, database: Database, { head }: DebianGraph) => {
  const loaded = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  const logger = { info: (_: string, fields = {}) => loaded.resolve(fields), error: (message: string, fields = {}) => loaded.reject(new Error(message, { cause: fields })) };
  const sql = { closure: () => Promise.reject(new Error("the tables were asked")), path: () => Promise.reject(new Error("the tables were asked")) };
  const { walks } = opened.use(openWalks({ database, sql, readModels: { position: () => head, made: () => Promise.resolve() }, config: { WAYBILL_GRAPH_MEMORY_MB: 256 }, logger }));
  const { links, milliseconds } = await loaded.promise;
  return { walks: ownWalks("memory", walks), links: Number(links), milliseconds: Number(milliseconds) };
};

/** Of each contestant, round by round, question by question. */
type Times = ReadonlyMap<string, number[][]>;

/** All in turns; the first round warms up, and shows that the answers are the same. */
const measured = async ({ name, questions }: Set, contestants: readonly Contestant[]): Promise<Row[]> => {
  const asked = contestants.filter((one) => one.name !== "Neo4j over Bolt" || questions.every(({ kind, asOf }) => kind === "closure" && asOf === null));
  const times: Times = new Map(asked.map((one): [string, number[][]] => [one.name, []]));
  let expected: readonly Answer[] = [];
  for (let round = 0; round <= rounds; round++)
    for (const one of asked) {
      const answers = await one.ask(questions);
      if (round > 0) times.get(one.name)?.push(answers.map(({ ms }) => ms));
      else if (expected.length === 0) expected = answers;
      else same(`${one.name}: ${name}`, answers, expected);
    }
  return asked.flatMap((one) => figures(name, one.name, times));
};

const same = (what: string, answers: readonly Answer[], expected: readonly Answer[]): void => {
  // Cypher over Bolt counts; it does not tell who comes first.
  const paged = answers.some(({ page }) => page.length > 0);
  const told = ({ count, sum, page }: Answer) => ({ count, sum, ...(paged ? { page } : {}) });
  assert.deepEqual(answers.map(told), expected.map(told), what);
};

const total = (samples: readonly number[]): number => samples.reduce((sum, value) => sum + value, 0);

/** Of each question the median of its rounds: what else the machine did in one of them tells nothing of the contestants. */
const typical = (all: readonly (readonly number[])[] = []): number[] =>
  (all[0] ?? []).map((_, question) => percentile(all.map((round) => round[question] ?? Number.NaN), 0.5));

const figures = (set: string, who: string, times: Times): Row[] => {
  const values = typical(times.get(who));
  const beside = typical(times.get("Neo4j embedded"));
  const versus = (of: (samples: readonly number[]) => number) =>
    beside.length > 0 && who !== "Neo4j embedded" ? { versus: { name: "Neo4j embedded", value: of(beside), ratio: of(values) / of(beside) } } : {};
  const row = (label: string, of: (samples: readonly number[]) => number, goal?: string): Row => ({
    name: `${set}: ${who}, ${label}`, value: of(values), unit: "ms", ...(goal === undefined ? {} : { goal }), ...versus(of),
  });
  const goals = who === "memory" ? ["≤ 10, 0.1 × Neo4j", "0.1 × Neo4j"] : who === "tables" && set.startsWith("dependents of hubs") ? [undefined, "1.5 × Neo4j"] : [];
  return [row("p50", (samples) => percentile(samples, 0.5)), row("p99", (samples) => percentile(samples, 0.99), goals[0]), row("total", total, goals[1])];
};

if (import.meta.main) {
  for (const row of await benchGraph()) console.log(JSON.stringify(row));
  process.exit(0);
}
