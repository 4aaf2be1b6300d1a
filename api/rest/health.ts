import { Router } from "express";
import { Unavailable } from "#domain/kernel/errors.ts";

export interface Readiness {
  readonly ready: boolean;
  /** What is not there yet, in words for a person: `read models: tuf 120 events behind`. */
  readonly missing: readonly string[];
  /** What it does without for now, more slowly: `redis: connect ECONNREFUSED 127.0.0.1:6379`. */
  readonly degraded?: readonly string[];
}

export type Ready = () => Promise<Readiness>;

/** `/healthz`: the process turns its event loop. `/readyz`: it can do its work. Both public. */
export const health = (ready: Ready): Router => {
  const router = Router({ caseSensitive: true });
  router.use(["/healthz", "/readyz"], (_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  router.get("/healthz", (_request, response) => {
    response.json({ alive: true });
  });
  router.get("/readyz", async (_request, response) => {
    const readiness = await ready().catch(missingServer);
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });
  return router;
};

const missingServer = (error: unknown): Readiness => {
  if (error instanceof Unavailable) return { ready: false, missing: [error.what] };
  throw error;
};
