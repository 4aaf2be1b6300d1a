import { runDeliveries } from "#infra/deliveries/run.ts";
import { deliverySettings } from "#infra/deliveries/settings.ts";
import { workerMissing } from "#infra/readiness.ts";
import { deliver } from "#infra/redis/deliver.ts";
import type { Provide } from "./container.ts";
import { atWork, ids, type Setting } from "./parts.ts";

/** Delivers events to webhooks, and, where there is Redis, what comes into the log to those who are not on it themselves. */
export const bindDeliverer = (bind: Provide, { config, logger }: Setting): void => {
  const failed = (error: unknown) => logger.error("delivery failed", { error });
  bind(ids.delivered, [ids.log, ids.redis], (log, redis) => redis && deliver(log, redis, failed));
  const settings = deliverySettings(config, logger);
  bind(
    ids.webhooks,
    [ids.log, ids.database, ids.leases, ids.readModels, ids.aggregates, ids.vault, ids.workers, ids.owner],
    (log, database, leases, readModels, { endpoints }, { secrets }, workers, owner) =>
      runDeliveries({ ...settings, log, database, leases, readModels, endpoints, secrets, workers, owner }),
  );
  bind(atWork.deliverer, [ids.readModels, ids.log, ids.delivered, ids.webhooks], (readModels, log) => ({ missing: workerMissing(readModels, log) }));
};
