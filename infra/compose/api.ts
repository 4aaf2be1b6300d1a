import { ensureAdminToken } from "#infra/admin-token.ts";
import { applicationOf } from "#infra/application.ts";
import { openWalks } from "#infra/graph/open-walks.ts";
import { apiRouters, httpOf } from "#infra/http-application.ts";
import { listen } from "#infra/http.ts";
import { policyStatus } from "#infra/policies/run.ts";
import { ratesOf } from "#infra/rates.ts";
import { apiMissing } from "#infra/readiness.ts";
import { degradedBy } from "#infra/redis/configured.ts";
import { openTailedLog } from "#infra/redis/tail/open.ts";
import { openHotTasks } from "#infra/redis/tasks/open.ts";
import { openReplay } from "#infra/replay/open-replay.ts";
import { sqlWalks } from "#projections/graph/sql-walks.ts";
import type { Provide } from "./container.ts";
import { atWork, ids, order, type Setting } from "./parts.ts";
import { policiesOf } from "./worker.ts";

export const bindApi = (bind: Provide, { config, logger, closing }: Setting): void => {
  bind(ids.followed, [ids.log, ids.redis], (log, redis) => (redis ? openTailedLog(log, redis) : { log }));
  bind(ids.walks, [ids.readers, ids.readModels], (database, readModels) => openWalks({ database, sql: sqlWalks(database), readModels, config, logger }));
  bind(ids.replay, [ids.place, ids.server, ids.readModels], (folder, { connect }, readModels) => openReplay(config, { folder, connect, readModels }));
  bind(
    ids.application,
    [ids.followed, ids.signer, ids.vault, ids.blobs, ids.readers, ids.walks, ids.aggregates, ids.readModels, ids.replay, ids.leases, ids.workers, ids.redis],
    ({ log }, signer, { secrets }, blobs, sql, { walks, names }, aggregates, readModels, replay, leases, workers, redis) => {
      const policies = () => readModels.made().then(() => policyStatus({ policies: policiesOf(aggregates), log, database: sql, leases }));
      const inRedis = { hotTasks: redis ? openHotTasks(log, redis) : undefined, rates: ratesOf(config, redis), degraded: degradedBy(redis) };
      return applicationOf({ ...inRedis, log, signer, secrets, blobs, sql, walks, names, aggregates, readModels, replay, workers, policies, config, logger, closing });
    },
  );
  bind(
    atWork.api,
    [ids.application, ids.readModels, ids.log, ids.blobs, ids.folder, ids.aggregates],
    (application, readModels, log, blobs, folder, { tokens }) => ({
      missing: apiMissing(readModels, log, closing),
      routers: apiRouters(application, blobs, config),
      begin: () => ensureAdminToken(folder.path, tokens),
    }),
  );
};

export const bindHttp = (bind: Provide, { config, logger, leaving }: Setting): void => {
  const { HOST: host, PORT: port, WAYBILL_ROLE: roles, WAYBILL_DRAIN_MS: graceMs } = config;
  bind(ids.listening, [ids.redis, ...order.filter((one) => roles.includes(one)).map((one) => atWork[one])], (redis, ...parts) =>
    listen(httpOf(parts, { roles, leaving, degraded: degradedBy(redis), logger }), { host, port, graceMs }));
};
