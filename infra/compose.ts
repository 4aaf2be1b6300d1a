import { publishChanges } from "#commands/policies/publish-changes.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Signer } from "#commands/ports/signer.ts";
import type { Application } from "#api/application.ts";
import { runProjections } from "#projections/kernel/run.ts";
import { type Watched, watchProjections } from "#projections/kernel/watch.ts";
import type { Database } from "#projections/ports/sql.ts";
import { ensureAdminToken } from "./admin-token.ts";
import { applicationOf } from "./application.ts";
import { type Background, runBackground } from "./background.ts";
import type { Config } from "./config.ts";
import { newContainer, openings, provide, type Provide, token } from "./container.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { type Listening, listen } from "./http.ts";
import { httpOf } from "./http-application.ts";
import { nodeId } from "./node-id.ts";
import { openFileVault } from "./keys/file-vault.ts";
import { passphraseOf } from "./keys/passphrase.ts";
import type { Logger } from "./log.ts";
import { type DatabaseServer, openDatabaseServer } from "./open-database.ts";
import { openLog } from "./open-log.ts";
import { type Policies, runPolicies } from "./policies/run.ts";
import { openDatabase, type OpenDatabase } from "./postgres/open-database.ts";
import { projections } from "./projections.ts";
import { type Start, startOf } from "./readiness.ts";
import { openFolderBlobs } from "./storage/folder-blobs.ts";
import { type Aggregates, aggregatesOn } from "./use-cases.ts";

/** Everything in one process, serving. */
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

export type Decorate = (adapters: Adapters) => Adapters;

const ids = {
  folder: token<DataFolder>("data folder"),
  server: token<DatabaseServer>("database server"),
  readers: token<OpenDatabase>("connections of readers"),
  writers: token<OpenDatabase>("connections of projections"),
  log: token<EventLog>("log"),
  signer: token<Signer>("signer"),
  adapters: token<Adapters>("adapters"),
  blobs: token<BlobStore>("blobs"),
  aggregates: token<Aggregates>("aggregates"),
  owner: token<string>("name among the processes on the same log"),
  readModels: token<Watched>("read models"),
  projections: token<AsyncDisposable>("running projections"),
  policies: token<Policies>("running policies"),
  background: token<Background>("background"),
  application: token<Application>("application"),
  start: token<Start>("start"),
  listening: token<Listening>("listening"),
};

interface Setting {
  readonly config: Config;
  readonly logger: Logger;
  readonly decorate: Decorate;
  readonly failed: (error: unknown) => void;
  /** Aborts when the stop begins. */
  readonly closing: AbortSignal;
}

/** Opens what is needed in the order in which it is needed; closes it in reverse. Half a start leaves nothing behind. */
export const compose = async (config: Config, logger: Logger, decorate: Decorate = (adapters) => adapters): Promise<Waybill> => {
  await using opened = new AsyncDisposableStack();
  const failure = Promise.withResolvers<Error>();
  const failed = (error: unknown) => failure.resolve(error instanceof Error ? error : new Error(String(error)));
  const ended = new AbortController();
  const container = newContainer();
  const { begun, settled } = openings(opened);
  const bind = provide(container, begun);
  const setting = { config, logger, decorate, failed, closing: ended.signal };
  for (const part of [bindStores, bindReadSide, bindWork, bindEdges]) part(bind, setting);

  const { url } = await container.getAsync<Listening>(ids.listening).catch(async (error: unknown) => {
    ended.abort();
    await settled();
    throw error;
  });
  const { lost } = await container.getAsync<DatabaseServer>(ids.server);
  void lost.then(failed);
  const [folder, { tokens }] = [await container.getAsync<DataFolder>(ids.folder), await container.getAsync<Aggregates>(ids.aggregates)];
  await ensureAdminToken(folder.path, tokens);
  const { ready } = await container.getAsync<Start>(ids.start);
  const closing = opened.move();
  closing.defer(() => ended.abort());
  return { url, ready, failed: failure.promise, [Symbol.asyncDispose]: () => closing.disposeAsync() };
};

const bindStores = (bind: Provide, { config, logger, decorate }: Setting): void => {
  bind(ids.folder, [], () => openDataFolder(config.WAYBILL_DATA));
  bind(ids.owner, [ids.folder], (folder) => nodeId(folder.at("node-id")));
  bind(ids.server, [ids.folder], (folder) => openDatabaseServer(config, folder, logger));
  bind(ids.readers, [ids.server], ({ connect }) => openDatabase(connect, 16));
  bind(ids.writers, [ids.server], ({ connect }) => openDatabase(connect, 8));
  bind(ids.log, [ids.folder, ids.server], (folder, { connect }) => openLog(config, { folder, connect }));
  bind(ids.signer, [ids.folder], async (folder) => {
    const passphrase = await passphraseOf({ configured: config.WAYBILL_VAULT_PASSPHRASE, file: folder.at("vault-passphrase") });
    return openFileVault({ folder: folder.at("keys"), passphrase });
  });
  bind(ids.blobs, [ids.folder], (folder) => openFolderBlobs(folder.at("blobs")));
  bind(ids.adapters, [ids.log, ids.signer, ids.writers], (log, signer, database) => decorate({ log, signer, database }));
};

const bindReadSide = (bind: Provide, { logger }: Setting): void => {
  bind(ids.readModels, [ids.adapters], ({ log, database }) => watchProjections({ projections, log, database }));
  bind(ids.projections, [ids.readModels, ids.owner], (watched, owner) =>
    runProjections(watched, { owner, stopped: (projection, error) => logger.error("projection stopped", { projection, error }) }),
  );
};

const bindWork = (bind: Provide, { config, logger, failed }: Setting): void => {
  bind(ids.aggregates, [ids.adapters], ({ log }) => aggregatesOn(log));
  const stopped = (policy: string, error: string) => logger.error("policy stopped", { policy, error });
  bind(ids.policies, [ids.adapters, ids.readers, ids.aggregates, ids.owner, ids.projections], ({ log }, database, { tasks }, owner) =>
    runPolicies({ policies: [publishChanges(tasks)], log, database, owner, stopped }),
  );
  const renewalMs = config.WAYBILL_RENEWAL_INTERVAL_MS;
  bind(
    ids.background,
    [ids.adapters, ids.readers, ids.aggregates, ids.readModels, ids.owner, ids.policies],
    (adapters, sql, aggregates, readModels, owner) =>
      runBackground({ ...adapters, sql, aggregates, readModels, clock: Date.now, logger, owner, renewalMs, failed }),
  );
};

const bindEdges = (bind: Provide, { config, logger, closing }: Setting): void => {
  bind(
    ids.application,
    [ids.adapters, ids.readers, ids.aggregates, ids.readModels, ids.policies, ids.background],
    (adapters, sql, aggregates, readModels, policies, background) =>
      applicationOf({ ...adapters, sql, aggregates, readModels, policies, background, config, logger, closing }),
  );
  bind(ids.start, [ids.adapters, ids.readModels, ids.projections], ({ log }, readModels) => startOf(readModels, log, closing));
  bind(ids.listening, [ids.application, ids.start, ids.blobs], (application, start, blobs) =>
    listen(httpOf(application, start, blobs, config), { host: config.HOST, port: config.PORT }),
  );
};
