import { Router } from "express";
import { addressOf } from "#api/access/address.ts";
import type { Rates } from "#api/access/rates.ts";
import { sendProblem, tooMany } from "#api/problem.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { notFound } from "./problems.ts";
import { tufMetadata } from "./tuf-metadata.ts";
import { parseTufPath } from "./tuf-path.ts";
import { tufTargets } from "./tuf-targets.ts";

export interface TufFilesNeeds {
  /** Has the read model `tuf`. */
  readonly sql: Sql;
  readonly blobs: BlobStore;
  readonly rates?: Rates | undefined;
}

/** `GET|HEAD /tuf/<repository>/metadata/<file>` and `/tuf/<repository>/targets/<name>`, public: what any TUF client reads. */
export const tufFiles = (needs: TufFilesNeeds): Router => {
  const kinds = { metadata: tufMetadata(needs.sql), targets: tufTargets(needs) };
  const router = Router({ caseSensitive: true });
  router.use("/tuf", async (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return sendProblem(response, readOnly);
    const wait = await needs.rates?.files?.take(addressOf(request));
    if (wait) return sendProblem(response, tooMany(wait));
    const path = parseTufPath(request.url);
    if (!path) return sendProblem(response, notFound());
    await kinds[path.kind](request, response, path);
  });
  return router;
};

const readOnly = {
  status: 405,
  code: "METHOD_NOT_ALLOWED",
  title: "Method not allowed",
  detail: "TUF files are read with GET and HEAD.",
  headers: { Allow: "GET, HEAD" },
};
