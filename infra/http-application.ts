import express, { type Express } from "express";
import type { Application } from "#api/application.ts";
import { graphqlRouter } from "#api/graphql/router.ts";
import { httpApplication } from "#api/rest/application.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { Config } from "./config.ts";
import type { Start } from "./readiness.ts";

/** Everything that this process answers over HTTP. */
export const httpOf = (application: Application, start: Start, blobs: BlobStore, config: Config): Express =>
  httpApplication({
    ...application,
    blobs,
    limit: config.WAYBILL_MAX_UPLOAD_BYTES,
    ready: async () => {
      await application.log.head();
      const missing = start.missing();
      return { ready: missing.length === 0, missing };
    },
    others: [express.Router().use("/graphql", graphqlRouter(application))],
  });
