import { publishChanges } from "#commands/policies/publish-changes.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
import type { Signer } from "#commands/ports/signer.ts";
import type { Application } from "#api/application.ts";
import { sqlWalks } from "#projections/graph/sql-walks.ts";
import { runProjections } from "#projections/kernel/run.ts";
import { type Watched, watchProjections } from "#projections/kernel/watch.ts";
import type { Database } from "#projections/ports/sql.ts";
import { ensureAdminToken } from "./admin-token.ts";
import { applicationOf } from "./application.ts";
import { runBackground } from "./background.ts";
import { type Config, isShared, type Role } from "./config.ts";
import { newContainer, openings, provide, type Provide, type Token, token } from "./container.ts";
import { type DataFolder, openDataFolder, type Place, placeOf } from "./data-folder.ts";
import { runDeliveries } from "./deliveries/run.ts";
import { deliverySettings } from "./deliveries/settings.ts";
import { drain } from "./drain.ts";
import { type OpenWalks, openWalks } from "./graph/open-walks.ts";
import { type Listening, listen } from "./http.ts";
import { apiRouters, httpOf, type RoleAtWork } from "./http-application.ts";
import { openLeases } from "./leases.ts";
import { runLedger } from "./run-ledger.ts";
import { nodeId, runId } from "./node-id.ts";
import { openVault, type Vault } from "./keys/open-vault.ts";
import type { Logger } from "./log.ts";
import { type DatabaseServer, openDatabaseServer } from "./open-database.ts";
import { openLog } from "./open-log.ts";
import { policyStatus, runPolicies } from "./policies/run.ts";
import { openDatabase, type OpenDatabase } from "./postgres/open-database.ts";
import { type Workers, workersIn } from "./postgres/workers.ts";
import { projections } from "./projections.ts";
import { apiMissing, projectorMissing, whenReady, workerMissing } from "./readiness.ts";
import { openFolderBlobs } from "./storage/folder-blobs.ts";
import { ratesOf } from "./rates.ts";
import { announcementsOn } from "./redis/announcements.ts";
import { configuredRedis, degradedBy } from "./redis/configured.ts";
import { deliver } from "./redis/deliver.ts";
import type { Redis } from "./redis/redis.ts";
import { type Followed, openTailedLog } from "./redis/tail/open.ts";
import { openHotTasks } from "./redis/tasks/open.ts";
import { type Aggregates, aggregatesOn } from "./use-cases.ts";

/** A process with its roles, serving. */
export interface Waybill extends AsyncDisposable {
  readonly url: string;
  /** Resolves when `/readyz` answers 200: read models of another generation are rebuilt first. */
  readonly ready: Promise<void>;
  /** Resolves when a part has ended by a defect. */
  readonly failed: Promise<Error>;
}

/** What tests stand in front of, to see what becomes of everything when the process dies there. */
export interface Adapters {
  readonly log: EventLog;
  readonly signer: Signer;
  /** Of the projections. */
  readonly database: Database;
}

export type Decorate = { readonly [Name in keyof Adapters]?: (adapter: Adapters[Name]) => Adapters[Name] };

const ids = {
  folder: token<DataFolder>("data folder"),
  place: token<Place>("where embedded servers keep their files"),
  server: token<DatabaseServer>("database server"),
  readers: token<OpenDatabase>("connections of readers"),
  writers: token<OpenDatabase>("connections of projections"),
  database: token<Database>("database of projections"),
  log: token<EventLog>("log"),
  followed: token<Followed>("log of those who serve subscribers"),
  delivered: token<AsyncDisposable | null>("delivery of what comes into the log"),
  webhooks: token<AsyncDisposable>("delivery to webhooks"),
  vault: token<Vault>("vault"),
  signer: token<Signer>("signer"),
  blobs: token<BlobStore>("blobs"),
  aggregates: token<Aggregates>("aggregates"),
  redis: token<Redis | null>("Redis"),
  leases: token<Leases>("leases"),
  owner: token<string>("name among the processes on the same log"),
  readModels: token<Watched>("read models"),
  workers: token<Workers>("workers of all processes"),
  projections: token<AsyncDisposable>("running projections"),
  policies: token<AsyncDisposable>("running policies"),
  background: token<AsyncDisposable>("background"),
  ledger: token<AsyncDisposable>("keeping the ledger"),
  walks: token<OpenWalks>("walks over the graph"),
  application: token<Application>("application"),
  listening: token<Listening>("listening"),
};

const atWork: Readonly<Record<Role, Token<RoleAtWork>>> = {
  api: token<RoleAtWork>("api"),
  projector: token<RoleAtWork>("projector"),
  worker: token<RoleAtWork>("worker"),
  deliverer: token<RoleAtWork>("deliverer"),
};

/** What serves others begins before what is served, and ends after it. */
const order: readonly Role[] = ["projector", "worker", "deliverer", "api"];

interface Setting {
  readonly config: Config;
  readonly logger: Logger;
  readonly decorate: Decorate;
  readonly failed: (error: unknown) => void;
  /** Aborts when load balancers shall go away. */
  readonly leaving: AbortSignal;
  /** Aborts when the stop begins. */
  readonly closing: AbortSignal;
}

/** Opens what the roles need in the order in which it is needed; closes it in reverse. Half a start leaves nothing behind. */
export const compose = async (config: Config, logger: Logger, decorate: Decorate = {}): Promise<Waybill> => {
  await using opened = new AsyncDisposableStack();
  const failure = Promise.withResolvers<Error>();
  const failed = (error: unknown) => failure.resolve(error instanceof Error ? error : new Error(String(error)));
  const [leaving, ended] = [new AbortController(), new AbortController()];
  const container = newContainer();
  const { begun, settled } = openings(opened);
  const setting = { config, logger, decorate, failed, leaving: leaving.signal, closing: ended.signal };
  for (const part of [bindStores, bindReadModels, bindProjector, bindWorker, bindDeliverer, bindApi, bindHttp]) part(provide(container, begun), setting);
  const inOrder = order.filter((role) => config.WAYBILL_ROLE.includes(role));

  const open = async () => {
    const parts: RoleAtWork[] = [];
    for (const role of inOrder) parts.push(await container.getAsync(atWork[role]));
    const { url } = await container.getAsync<Listening>(ids.listening);
    const { lost } = await container.getAsync<DatabaseServer>(ids.server);
    void lost.then(failed);
    for (const { begin } of parts) await begin?.();
    return { url, ready: whenReady(async () => (await Promise.all(parts.map(({ missing }) => missing()))).flat(), ended.signal) };
  };
  const serving = await open().catch(async (error: unknown) => {
    ended.abort();
    await settled();
    throw error;
  });
  const closing = opened.move();
  closing.defer(() => drain({ leaving, ended, noticeMs: config.WAYBILL_DRAIN_NOTICE_MS }));
  return { ...serving, failed: failure.promise, [Symbol.asyncDispose]: () => closing.disposeAsync() };
};

const bindStores = (bind: Provide, { config, logger, decorate }: Setting): void => {
  const shared = isShared(config);
  bind(ids.folder, [], () => openDataFolder(config.WAYBILL_DATA, shared ? "shared" : "exclusive"));
  // What is kept in the folder alone is not touched before the folder is ours; with servers for all of that, not every role needs it.
  if (shared) bind(ids.place, [], () => placeOf(config.WAYBILL_DATA));
  else bind(ids.place, [ids.folder], (folder) => placeOf(folder.path));
  if (shared) bind(ids.owner, [], runId);
  else bind(ids.owner, [ids.folder], (folder) => nodeId(folder.at("node-id")));
  bind(ids.server, [ids.place], (place) => openDatabaseServer(config, place, logger));
  bind(ids.readers, [ids.server], ({ connect }) => openDatabase(connect, 16));
  bind(ids.writers, [ids.server], ({ connect }) => openDatabase(connect, 8));
  bind(ids.redis, [], () => configuredRedis(config, logger));
  bind(ids.leases, [ids.server, ids.redis], ({ connect }, redis) => openLeases(connect, redis));
  bind(ids.database, [ids.writers], (writers) => {
    const { [Symbol.asyncDispose]: _, ...database } = writers;
    return decorate.database?.(database) ?? database;
  });
  bind(ids.log, [ids.place, ids.server, ids.leases, ids.owner], async (folder, { connect }, leases, owner) => {
    const log = await openLog(config, { folder, connect, leases, owner });
    return decorate.log?.(log) ?? log;
  });
  bind(ids.vault, [ids.folder], (folder) => openVault((name) => folder.at(name), config.WAYBILL_VAULT_PASSPHRASE));
  bind(ids.signer, [ids.vault], ({ keys }) => decorate.signer?.(keys) ?? keys);
  bind(ids.blobs, [ids.folder], (folder) => openFolderBlobs(folder.at("blobs"), { shared }));
  bind(ids.aggregates, [ids.log], aggregatesOn);
};

const bindReadModels = (bind: Provide): void => {
  bind(ids.readModels, [ids.log, ids.database, ids.leases, ids.redis], (log, database, leases, redis) =>
    watchProjections({ projections, log, database, leases, announcements: redis ? announcementsOn(redis, log) : undefined }),
  );
  bind(ids.workers, [ids.readers], workersIn);
};

const bindProjector = (bind: Provide, { logger }: Setting): void => {
  bind(ids.projections, [ids.readModels, ids.owner], (watched, owner) =>
    runProjections(watched, { owner, stopped: (projection, error) => logger.error("projection stopped", { projection, error }) }),
  );
  bind(atWork.projector, [ids.readModels, ids.projections], (readModels) => ({ missing: projectorMissing(readModels) }));
};

const policiesOf = ({ tasks }: Aggregates) => [publishChanges(tasks)];

const bindWorker = (bind: Provide, { config, logger, failed, closing }: Setting): void => {
  const stopped = (policy: string, error: string) => logger.error("policy stopped", { policy, error });
  bind(ids.policies, [ids.log, ids.readers, ids.aggregates, ids.leases, ids.owner], (log, database, aggregates, leases, owner) =>
    runPolicies({ policies: policiesOf(aggregates), log, database, leases, owner, stopped }),
  );
  const common = { clock: Date.now, logger, renewalMs: config.WAYBILL_RENEWAL_INTERVAL_MS, failed, ending: closing };
  bind(
    ids.background,
    [ids.log, ids.signer, ids.readers, ids.aggregates, ids.readModels, ids.leases, ids.owner, ids.workers],
    (log, signer, sql, aggregates, readModels, leases, owner, workers) =>
      runBackground({ ...common, log, signer, sql, aggregates, readModels, leases, owner, workers }),
  );
  bind(
    ids.ledger,
    [ids.log, ids.signer, ids.readers, ids.aggregates, ids.readModels, ids.leases, ids.owner, ids.workers, ids.blobs, ids.folder],
    (log, signer, sql, aggregates, readModels, leases, owner, workers, blobs, folder) =>
      runLedger({ log, signer, sql, aggregates, readModels, leases, owner, workers, blobs, config, logger, failed, file: folder.at("ledger-checkpoint"), ending: closing }),
  );
  bind(atWork.worker, [ids.readModels, ids.log, ids.policies, ids.background, ids.ledger], (readModels, log) => ({ missing: workerMissing(readModels, log) }));
};

/** Delivers events to webhooks, and, where there is Redis, what comes into the log to those who are not on it themselves. */
const bindDeliverer = (bind: Provide, { config, logger }: Setting): void => {
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

const bindApi = (bind: Provide, { config, logger, closing }: Setting): void => {
  bind(ids.followed, [ids.log, ids.redis], (log, redis) => (redis ? openTailedLog(log, redis) : { log }));
  bind(ids.walks, [ids.readers, ids.readModels], (database, readModels) => openWalks({ database, sql: sqlWalks(database), readModels, config, logger }));
  bind(
    ids.application,
    [ids.followed, ids.signer, ids.vault, ids.blobs, ids.readers, ids.walks, ids.aggregates, ids.readModels, ids.leases, ids.workers, ids.redis],
    ({ log }, signer, { secrets }, blobs, sql, { walks }, aggregates, readModels, leases, workers, redis) => {
      const policies = () => readModels.made().then(() => policyStatus({ policies: policiesOf(aggregates), log, database: sql, leases }));
      const inRedis = { hotTasks: redis ? openHotTasks(log, redis) : undefined, rates: ratesOf(config, redis), degraded: degradedBy(redis) };
      return applicationOf({ ...inRedis, log, signer, secrets, blobs, sql, walks, aggregates, readModels, workers, policies, config, logger, closing });
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

const bindHttp = (bind: Provide, { config, logger, leaving }: Setting): void => {
  const { HOST: host, PORT: port, WAYBILL_ROLE: roles, WAYBILL_DRAIN_MS: graceMs } = config;
  bind(ids.listening, [ids.redis, ...order.filter((one) => roles.includes(one)).map((one) => atWork[one])], (redis, ...parts) =>
    listen(httpOf(parts, { roles, leaving, degraded: degradedBy(redis), logger }), { host, port, graceMs }));
};
