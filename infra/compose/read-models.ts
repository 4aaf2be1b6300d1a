import { workersIn } from "#infra/postgres/workers.ts";
import { projections } from "#infra/projections.ts";
import { projectorMissing } from "#infra/readiness.ts";
import { announcementsOn } from "#infra/redis/announcements.ts";
import { runProjections } from "#projections/kernel/run.ts";
import { watchProjections } from "#projections/kernel/watch.ts";
import type { Provide } from "./container.ts";
import { atWork, ids, type Setting } from "./parts.ts";

export const bindReadModels = (bind: Provide): void => {
  bind(ids.readModels, [ids.log, ids.database, ids.leases, ids.redis], (log, database, leases, redis) =>
    watchProjections({ projections, log, database, leases, announcements: redis ? announcementsOn(redis, log) : undefined }),
  );
  bind(ids.workers, [ids.readers], workersIn);
};

export const bindProjector = (bind: Provide, { logger }: Setting): void => {
  bind(ids.projections, [ids.readModels, ids.owner], (watched, owner) =>
    runProjections(watched, { owner, stopped: (projection, error) => logger.error("projection stopped", { projection, error }) }),
  );
  bind(atWork.projector, [ids.readModels, ids.projections], (readModels) => ({ missing: projectorMissing(readModels) }));
};
