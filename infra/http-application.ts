import express, { type Express } from "express";
import type { Application } from "#api/application.ts";
import { graphqlRouter } from "#api/graphql/router.ts";
import { httpApplication } from "#api/rest/application.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { ReadModels } from "#projections/kernel/watch.ts";
import type { Config } from "./config.ts";

/** Everything that this process answers over HTTP. */
export const httpOf = (application: Application, readModels: ReadModels, blobs: BlobStore, config: Config): Express =>
  httpApplication({
    ...application,
    blobs,
    limit: config.WAYBILL_MAX_UPLOAD_BYTES,
    ready: async () => {
      await application.log.head();
      const missing = readModels.unready().map((name) => `read model ${name}`);
      return { ready: missing.length === 0, missing };
    },
    others: [express.Router().use("/graphql", graphqlRouter(application))],
  });
