import { type ChildProcess, fork } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { openPool, sqlOver } from "#infra/postgres/sql.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { startPostgres } from "#test/support/postgres.ts";
import { makeTables } from "#test/support/graphql/tables.ts";
import { requestsPerSecond } from "./http-load.ts";
import type { Row } from "./rows.ts";

const secret = `wb_${"b".repeat(43)}`;
const path = "pool-main-b-bash-31415";
const query = `query Target($repository: String!, $path: String!) { target(repository: $repository, path: $path) { path length sha256 } }`;
const variables = { repository: "demo", path };
const documentId = `sha256:${hash("sha256", query)}`;

/** 63,440 targets, as the index of a Debian machine has them, and one token. */
const fill = async (sql: Sql): Promise<void> => {
  await makeTables(sql);
  await sql.query({ text: "insert into tuf.repositories values ('demo', '{}', '{}', '{}', 1, 1, now(), now(), 1)" });
  await sql.query({
    text: `insert into tuf.targets select 'demo', 'pool-main-b-bash-' || n, 0, null, n % 256, n, encode(sha256(n::text::bytea), 'hex'), null, '', 1, now()
             from generate_series(1, 63440) n`,
  });
  await sql.query({
    text: "insert into tokens.tokens values (gen_random_uuid(), 'bench', 'read', $1, null, now(), 'system', null, 1)",
    values: [hash("sha256", secret)],
  });
  await sql.query({ text: "vacuum analyze tuf.targets" });
};

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${secret}\r\n\r\n`;
const post = (body: object): string => {
  const text = JSON.stringify(body);
  return `POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
};

const requests = {
  express: { server: "express", request: get(`/targets/demo/${path}`) },
  yoga: { server: "yoga", request: post({ query, variables }) },
  document: { server: "waybill", request: post({ query, variables }) },
  persisted: { server: "waybill", request: post({ documentId, variables }) },
} as const;

type Name = keyof typeof requests;

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

const start = async (kind: string, url: string): Promise<Server> => {
  const child = fork(fileURLToPath(new URL("graphql/server.ts", import.meta.url)), [kind, url]);
  const [port] = z.tuple([z.number()]).rest(z.unknown()).parse(await once(child, "message"));
  return { child, port };
};

const rounds = 4;

/** Each server alone under load, in turns, so that whatever else the machine does meets all of them; medians. */
const measure = async (servers: Readonly<Record<string, Server>>): Promise<Record<Name, number>> => {
  const rates: Record<Name, number[]> = { express: [], yoga: [], document: [], persisted: [] };
  for (let round = 0; round <= rounds; round++)
    for (const name of ["express", "yoga", "document", "persisted"] as const) {
      const { server, request } = requests[name];
      const rate = await requestsPerSecond({ port: servers[server]?.port ?? 0, request, connections: 32, durationMs: 2000 });
      // The first round warms up.
      if (round > 0) rates[name].push(rate);
    }
  return { express: median(rates.express), yoga: median(rates.yoga), document: median(rates.document), persisted: median(rates.persisted) };
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const remember = (port: number): Promise<unknown> =>
  fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ query, documentId, variables }),
  });

const against = (name: string, value: number, ours: number) => ({ name, value, ratio: ours / value });

/** One row by its key from PostgreSQL, 32 connections. */
export const benchGraphql = async (): Promise<readonly Row[]> => {
  await using postgres = await startPostgres();
  const pool = openPool({ connectionString: postgres.url });
  await fill(sqlOver(pool));
  await pool.end();
  const servers = { express: await start("express", postgres.url), yoga: await start("yoga", postgres.url), waybill: await start("waybill", postgres.url) };
  try {
    await remember(servers.waybill.port);
    const rate = await measure(servers);
    return [
      { name: "GraphQL: bare express, one row", value: rate.express, unit: "1/s" },
      { name: "GraphQL: bare yoga on express, one row", value: rate.yoga, unit: "1/s" },
      { name: "GraphQL: one row", value: rate.document, unit: "1/s", goal: "0.8 of bare yoga", versus: against("bare yoga", rate.yoga, rate.document) },
      { name: "GraphQL: one row, persisted", value: rate.persisted, unit: "1/s", goal: "0.6 of bare express", versus: against("bare express", rate.express, rate.persisted) },
    ];
  } finally {
    for (const { child } of Object.values(servers)) child.disconnect();
  }
};

if (import.meta.main) for (const row of await benchGraphql()) console.log(JSON.stringify(row));
