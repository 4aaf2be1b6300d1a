import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import type { Sql } from "#projections/ports/sql.ts";
import type { Answer, Contestant, Question } from "./question.ts";

const Answers = z.array(z.object({ ms: z.number(), count: z.number(), sum: z.number(), page: z.array(z.number()) }));

/** Neo4j on the graph of the tables: walks on its core API, and Cypher over Bolt. A string: why not. */
export const openNeo4j = async (sql: Sql, types: readonly LinkType[]): Promise<readonly [embedded: Contestant, bolt: Contestant] | string> => {
  const folder = mkdtempSync(join(tmpdir(), "waybill-neo4j-"));
  const classpath = built(folder);
  if (classpath === null) {
    rmSync(folder, { recursive: true });
    return "needs java 17 and mvn, and Maven's repository";
  }
  const nodes = await writeEdges(sql, types, join(folder, "edges"));
  const main = ["-Xmx2g", "-cp", `${join(folder, "target/classes")}:${classpath}`, "Main", join(folder, "store"), join(folder, "edges"), String(nodes), String(await freePort())];
  const child = spawn("java", main, { stdio: ["pipe", "pipe", "pipe"] });
  child.stderr.resume();
  const asked = lines(child);
  if ((await asked.next()) !== "ready") throw new Error("Neo4j did not start");
  const ask = async (questions: readonly string[]): Promise<readonly Answer[]> => {
    child.stdin.write(`${questions.join(";")}\n`);
    return Answers.parse(JSON.parse(await asked.next()));
  };
  const dispose = async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
    rmSync(folder, { recursive: true, force: true });
  };
  return [
    { name: "Neo4j embedded", ask: (questions) => ask(questions.map(line)), [Symbol.asyncDispose]: dispose },
    { name: "Neo4j over Bolt", ask: (questions) => ask(questions.map(boltLine)), [Symbol.asyncDispose]: () => Promise.resolve() },
  ];
};

const line = (question: Question): string =>
  question.kind === "path" ? `path ${question.start} ${question.end} ${question.asOf ?? -1}` : `${question.direction} ${question.start} ${question.asOf ?? -1}`;

const boltLine = (question: Question): string => {
  if (question.kind === "path" || question.asOf !== null) throw new Error("asked over Bolt for closures now only");
  return `bolt-${question.direction} ${question.start}`;
};

/** Compiles in the folder, and answers with the path of the classes that it needs. */
const built = (folder: string): string | null => {
  cpSync(fileURLToPath(new URL("neo4j", import.meta.url)), folder, { recursive: true });
  const { status } = spawnSync("mvn", ["-q", "-B", "compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath"], { cwd: folder, stdio: "ignore" });
  return status === 0 ? readFileSync(join(folder, "classpath"), "utf8").trim() : null;
};

interface EdgeRow {
  readonly line: string;
}

const writeEdges = async (sql: Sql, types: readonly LinkType[], file: string): Promise<number> => {
  const rows = await sql.query<EdgeRow>({
    text: `select concat_ws(E'\\t', from_node, to_node, ($1::text[])[type + 1], from_position, coalesce(to_position::text, '')) as line
             from graph.links where ($1::text[])[type + 1] = any($2::text[])`,
    values: [linkTypes, types],
  });
  writeFileSync(file, rows.map(({ line }) => `${line}\n`).join(""));
  const [count] = await sql.query<{ count: number }>({ text: "select max(number) + 1 as count from graph.nodes" });
  return count?.count ?? 0;
};

const lines = (child: ChildProcessWithoutNullStreams) => {
  const read = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    next: async (): Promise<string> => {
      const { done, value } = await read.next();
      if (done === true) throw new Error("Neo4j has ended");
      return value;
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return address !== null && typeof address === "object" ? address.port : 0;
};
