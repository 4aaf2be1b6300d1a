import { once } from "node:events";
import { createServer } from "node:http";
import express, { type Express } from "express";
import { z } from "zod";
import { authenticator } from "#api/access/authenticate.ts";
import { type Application, defaultLimits, type Progress } from "#api/application.ts";
import { graphqlRouter } from "#api/graphql/router.ts";
import { openWalks } from "#infra/graph/open-walks.ts";
import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import { commandsFor } from "#test/support/graphql/commands.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { sqlWalks } from "#projections/graph/sql-walks.ts";
import type { Database } from "#projections/ports/sql.ts";
import { bareExpress, bareYoga } from "./bare.ts";

// One of the servers that bench/graphql.ts and bench/graph/over-graphql.ts measure, in a process of its own: server.ts KIND DATABASE_URL [POSITION].

const waybill = (database: Database, position: number): Express => {
  const progress: Progress = { position: () => position, reached: async () => ({ position, stale: false }) };
  const readModels = { position: () => position, made: () => Promise.resolve() };
  const log = memoryLog();
  const { walks, names } = openWalks({ database, sql: sqlWalks(database), readModels, config: { WAYBILL_GRAPH_MEMORY_MB: 256 }, logger: silent });
  const application: Application = {
    commands: commandsFor({ log, established: async () => undefined }),
    sql: database,
    walks,
    names,
    log,
    progress,
    ledger: async () => null,
    closing: new AbortController().signal,
    limits: defaultLimits,
    persisted: { registered: [], only: false },
    status: () => Promise.reject(new Error("not measured")),
    rebuild: () => Promise.reject(new Error("not measured")),
    replay: () => Promise.reject(new Error("not measured")),
    readModels: [],
    authenticate: authenticator(database, progress),
    report: ({ error }) => console.error(error),
  };
  return express().disable("etag").disable("x-powered-by").use("/graphql", graphqlRouter(application));
};

const silent = { info: () => undefined, error: () => undefined };

const kinds = { express: bareExpress, yoga: bareYoga, waybill };

const [kind, url, position = 1] = z.tuple([z.enum(["express", "yoga", "waybill"]), z.string(), z.coerce.number().optional()]).parse(process.argv.slice(2));
const server = createServer(kinds[kind](databaseOver(openPool({ connectionString: url, max: 8 })), position)).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
process.send?.(address && typeof address === "object" ? address.port : 0);
process.once("disconnect", () => process.exit());
