import express, { type Express, type RequestHandler, type Router } from "express";
import type { Application } from "#api/application.ts";
import { graphqlRouter } from "#api/graphql/router.ts";
import { httpApplication, restRouters } from "#api/rest/application.ts";
import { ledgerFiles } from "#api/rest/ledger/router.ts";
import { replays } from "#api/rest/audit/replays.ts";
import { feeds } from "#api/rest/feeds.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { Config, Role } from "./config.ts";
import type { Logger } from "./log.ts";
import type { Missing } from "./readiness.ts";

/** What one role brings into its process. */
export interface RoleAtWork {
  readonly missing: Missing;
  /** What it answers over HTTP, beside health. */
  readonly routers?: readonly (Router | RequestHandler)[];
  /** Once everything is open. */
  readonly begin?: () => Promise<void>;
}

/** What an api answers. */
export const apiRouters = (application: Application, blobs: BlobStore, config: Config): readonly (Router | RequestHandler)[] => [
  ...restRouters({ ...application, blobs, limit: config.WAYBILL_MAX_UPLOAD_BYTES }),
  ledgerFiles(application),
  feeds(application),
  replays(application),
  express.Router().use("/graphql", graphqlRouter(application)),
];

interface Edge {
  readonly roles: readonly Role[];
  /** Aborts when load balancers shall go away. */
  readonly leaving: AbortSignal;
  /** What is done more slowly now, and why. */
  readonly degraded: () => readonly string[];
  readonly logger: Logger;
}

/** Everything that this process answers over HTTP. */
export const httpOf = (parts: readonly RoleAtWork[], { roles, leaving, degraded, logger }: Edge): Express =>
  httpApplication({
    routers: parts.flatMap(({ routers = [] }) => routers),
    ready: async () => {
      const missing = leaving.aborted ? ["this process: it is about to stop"] : (await Promise.all(parts.map((part) => part.missing()))).flat();
      return { ready: missing.length === 0, missing, degraded: degraded() };
    },
    report: ({ id, where, error }) => logger.error("request failed", { id, where, error }),
    ...(roles.includes("api") ? {} : { nothing: `This process is a ${roles.join(" and ")} of Waybill and answers /healthz and /readyz; ask a process with the role api.` }),
  });
