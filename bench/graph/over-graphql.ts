import { fork } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { percentile } from "#bench/measure.ts";
import type { Row } from "#bench/rows.ts";
import { tokens } from "#projections/access/tokens.ts";
import type { Database } from "#projections/ports/sql.ts";
import { applied } from "#test/support/applied.ts";
import type { Question, Set } from "./question.ts";

const secret = `wb_${"b".repeat(43)}`;
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);

const oneRow = "query ($key: String!, $asOf: AsOf) { graph(asOf: $asOf) { node(key: $key) { key kind } } }";
const page = (name: "dependents" | "dependencies") =>
  `query ($key: String!, $asOf: AsOf) { graph(asOf: $asOf) {
     ${name}(key: $key, types: [DEPENDS_ON, CONTAINS], limit: 1000000, first: 50) { totalCount edges { node { depth node { key } } } } } }`;
const way = "query ($key: String!, $to: String!, $asOf: AsOf) { graph(asOf: $asOf) { path(from: $key, to: $to, types: [DEPENDS_ON, CONTAINS], limit: 1000000) { nodes { key } } } }";

/** One request after the other: each question beside the reading of one row by its key. */
export const overGraphql = async (database: Database, { url, head }: { readonly url: string; readonly head: number }, sets: readonly Set[]): Promise<Row[]> => {
  await applied(database, tokens, []);
  await database.query({
    text: "insert into tokens.tokens values (gen_random_uuid(), 'bench', 'read', $1, null, now(), 'system', null, 1)",
    values: [hash("sha256", secret)],
  });
  // As the image runs it: graphql-js then leaves out what it looks for while one develops.
  const server = fork(fileURLToPath(new URL("../graphql/server.ts", import.meta.url)), ["waybill", url, String(head)], { env: { ...process.env, NODE_ENV: "production" } });
  try {
    const [port] = z.tuple([z.number()]).rest(z.unknown()).parse(await once(server, "message"));
    const rows: Row[] = [];
    // The code of a process that has just begun is slow, and its graph is still being loaded.
    for (const set of sets) await above({ port, database, rounds: 0 }, set);
    for (const set of sets) rows.push(...(await above({ port, database, rounds }, set)));
    return rows;
  } finally {
    server.disconnect();
  }
};

interface Asking {
  readonly port: number;
  readonly database: Database;
  readonly rounds: number;
}

const above = async ({ port, database, rounds: measured }: Asking, { name, questions }: Set): Promise<Row[]> => {
  const keys = await keysOf(database, questions);
  const taken: { readonly row: number; readonly walk: number }[][] = [];
  // The first round warms up.
  for (let round = 0; round <= measured; round++) {
    const of = [];
    for (const question of questions) {
      const variables = { key: keys.get(question.start), to: question.kind === "path" ? keys.get(question.end) : undefined, asOf: question.asOf === null ? null : { position: question.asOf } };
      of.push({ row: await asked(port, oneRow, variables), walk: await asked(port, documentOf(question), variables) });
    }
    if (round > 0) taken.push(of);
  }
  const typical = (which: "row" | "walk") => questions.map((_, place) => percentile(taken.map((round) => round[place]?.[which] ?? Number.NaN), 0.5));
  const [row, walk] = [typical("row"), typical("walk")];
  const more = walk.map((ms, place) => ms - (row[place] ?? Number.NaN));
  return ([["p50", 0.5], ["p99", 0.99]] as const).map(([label, share]): Row => {
    const beside = { name: "one row", value: percentile(row, share), ratio: percentile(walk, share) / percentile(row, share) };
    return { name: `${name}: over GraphQL above one row, ${label}`, value: percentile(more, share), unit: "ms", goal: "≤ 3", versus: beside };
  });
};

const documentOf = (question: Question): string =>
  question.kind === "path" ? way : page(question.direction === "in" ? "dependents" : "dependencies");

const keysOf = async (database: Database, questions: readonly Question[]): Promise<ReadonlyMap<number, string>> => {
  const numbers = questions.flatMap((question) => [question.start, ...(question.kind === "path" ? [question.end] : [])]);
  const rows = await database.query<{ number: number; key: string }>({ text: "select number, key from graph.nodes where number = any($1::int[])", values: [numbers] });
  return new Map(rows.map(({ number, key }) => [number, key]));
};

const Answer = z.object({ data: z.object({ graph: z.record(z.string(), z.unknown()) }), errors: z.undefined().optional() });

const asked = async (port: number, query: string, variables: object): Promise<number> => {
  const began = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const ms = performance.now() - began;
  Answer.parse(JSON.parse(text));
  return ms;
};
