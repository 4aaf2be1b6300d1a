import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Authenticate } from "#api/access/principal.ts";
import { httpApplication, type HttpNeeds as EdgeNeeds, type RestNeeds, restRouters } from "#api/rest/application.ts";
import type { Failure } from "#api/rest/problems.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import { listen } from "#infra/http.ts";
import { openDatabase } from "#infra/postgres/open-database.ts";
import { openFolderBlobs } from "#infra/storage/folder-blobs.ts";
import { sqlBeside } from "#projections/kernel/projection.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { freshDatabase } from "./postgres.ts";

interface HttpNeeds extends Omit<EdgeNeeds, "routers">, RestNeeds {
  /** What else is served. */
  readonly others?: EdgeNeeds["routers"];
}

/** REST over a real socket, on a read model `tuf` of its own. */
export interface RestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly sql: Sql;
  readonly blobs: BlobStore;
  readonly blobFolder: string;
  /** What was reported, oldest first. */
  readonly failures: Failure[];
}

export const uploadLimit = 1_000_000;
export const secrets = { read: "wb_reader", write: "wb_writer", admin: "wb_admin" } as const;

const authenticate: Authenticate = (secret) => {
  const scope = (["read", "write", "admin"] as const).find((scope) => secrets[scope] === secret);
  return Promise.resolve(scope ? { tokenId: scope, name: scope, scope } : null);
};

/** `change` puts other parts in the place of the usual ones. */
export const serveRest = async (change: (needs: HttpNeeds) => HttpNeeds = (needs) => needs): Promise<RestServer> => {
  await using stack = new AsyncDisposableStack();
  const sql = await openTufSchema(stack);
  const blobFolder = await mkdtemp(join(tmpdir(), "waybill-blobs-"));
  stack.defer(() => rm(blobFolder, { recursive: true, force: true }));
  const blobs = await openFolderBlobs(blobFolder);
  const failures: Failure[] = [];
  const usual: HttpNeeds = {
    sql,
    blobs,
    authenticate,
    limit: uploadLimit,
    ready: () => Promise.resolve({ ready: true, missing: [] }),
    report: (failure) => failures.push(failure),
  };
  const needs = change(usual);
  const routers = [...restRouters(needs), ...(needs.others ?? [])];
  const { url, port } = stack.use(await listen(httpApplication({ ...needs, routers }), { host: "127.0.0.1", port: 0, graceMs: 100 }));
  const open = stack.move();
  return { url, port, sql, blobs, blobFolder, failures, [Symbol.asyncDispose]: () => open.disposeAsync() };
};

const openTufSchema = async (stack: AsyncDisposableStack): Promise<Sql> => {
  const { url } = stack.use(await freshDatabase());
  const database = stack.use(openDatabase({ connectionString: url }, 4));
  await database.query({ text: "create schema tuf" });
  await database.transaction((sql) => sql.query({ text: sqlBeside(import.meta.resolve("#projections/trust/tuf.sql"), "tuf.sql") }), "tuf");
  return database;
};

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
}

/** One request, whose path is sent letter for letter: `fetch` would tidy it first. */
export const ask = (port: number, path: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      buffer(response).then((bytes) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes }), reject);
    });
    request.once("error", reject).end(body);
  });
