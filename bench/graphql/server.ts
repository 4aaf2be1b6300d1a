import { once } from "node:events";
import { createServer } from "node:http";
import express, { type Express } from "express";
import { z } from "zod";
import { authenticator } from "#api/access/authenticate.ts";
import { type Application, defaultLimits, type Progress } from "#api/application.ts";
import { graphqlRouter } from "#api/graphql/router.ts";
import { openPool, sqlOver } from "#infra/postgres/sql.ts";
import { commandsFor } from "#test/support/graphql/commands.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { sqlWalks } from "#projections/graph/sql-walks.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { bareExpress, bareYoga } from "./bare.ts";

// One of the servers that bench/graphql.ts compares, in a process of its own: server.ts KIND DATABASE_URL.

const waybill = (sql: Sql): Express => {
  const progress: Progress = { position: () => 1, reached: async () => ({ position: 1, stale: false }) };
  const log = memoryLog();
  const application: Application = {
    commands: commandsFor({ log, established: async () => undefined }),
    sql,
    walks: sqlWalks(sql),
    log,
    progress,
    ledger: async () => null,
    closing: new AbortController().signal,
    limits: defaultLimits,
    persisted: { registered: [], only: false },
    status: () => Promise.reject(new Error("not measured")),
    rebuild: () => Promise.reject(new Error("not measured")),
    authenticate: authenticator(sql, progress),
    report: ({ error }) => console.error(error),
  };
  return express().disable("etag").disable("x-powered-by").use("/graphql", graphqlRouter(application));
};

const kinds = { express: bareExpress, yoga: bareYoga, waybill };

const [kind, url] = z.tuple([z.enum(["express", "yoga", "waybill"]), z.string()]).parse(process.argv.slice(2));
const server = createServer(kinds[kind](sqlOver(openPool({ connectionString: url, max: 8 })))).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
process.send?.(address && typeof address === "object" ? address.port : 0);
process.once("disconnect", () => process.exit());
