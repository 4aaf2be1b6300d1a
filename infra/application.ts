import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ledgerStream } from "#domain/audit/events.ts";
import { authenticator } from "#api/access/authenticate.ts";
import type { Rates } from "#api/access/rates.ts";
import { type Application, defaultLimits, type HotTasks, type PersistedDocuments, type WorkerView } from "#api/application.ts";
import { recordDenials } from "#commands/access/record-denials.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Secrets } from "#commands/ports/secrets.ts";
import type { Signer } from "#commands/ports/signer.ts";
import { knownVersions } from "#projections/graph/known-versions.ts";
import type { Watched } from "#projections/kernel/watch.ts";
import type { Names } from "#projections/graph/names.ts";
import type { PagedWalks } from "#projections/graph/walks.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { CannotStart } from "./cannot-start.ts";
import type { Config } from "./config.ts";
import { reachOf } from "./deliveries/addresses.ts";
import { forbiddenBy } from "./deliveries/guard.ts";
import { webhookCommandsOf } from "./deliveries/use-cases.ts";
import type { Logger } from "./log.ts";
import type { PolicyStatus } from "./policies/run.ts";
import type { Workers } from "./postgres/workers.ts";
import { type Aggregates, commandsOf } from "./use-cases.ts";
import { version } from "./version.ts";

export interface ApplicationNeeds {
  readonly log: EventLog;
  readonly signer: Signer;
  readonly blobs: BlobStore;
  readonly secrets: Secrets;
  readonly sql: Sql;
  readonly walks: PagedWalks;
  readonly names: Names;
  readonly aggregates: Aggregates;
  readonly readModels: Watched;
  readonly replay: Application["replay"];
  readonly policies: () => Promise<readonly PolicyStatus[]>;
  readonly workers: Pick<Workers, "seen">;
  readonly hotTasks?: HotTasks | undefined;
  readonly rates: Rates;
  readonly degraded: () => readonly string[];
  readonly config: Config;
  readonly logger: Logger;
  readonly closing: AbortSignal;
}

/** What the edges serve, whichever processes do the work. */
export const applicationOf = async (needs: ApplicationNeeds): Promise<Application> => {
  const { log, sql, readModels, workers, config, logger } = needs;
  const caughtUp = async () => !(await readModels.reached("graph", await log.head(), config.WAYBILL_READ_WAIT_MS)).stale;
  return {
    commands: {
      ...commandsOf(needs.aggregates, { log, signer: needs.signer, clock: Date.now, blobs: needs.blobs, known: knownVersions({ sql, caughtUp }) }),
      ...webhookCommandsOf({ endpoints: needs.aggregates.endpoints, secrets: needs.secrets, forbidden: forbiddenBy(reachOf(config.WAYBILL_WEBHOOK_ALLOW)), log, clock: Date.now }),
    },
    sql,
    walks: needs.walks,
    names: needs.names,
    log,
    progress: readModels,
    ledger: async () => (await needs.aggregates.ledgers.latest(ledgerStream)).state,
    hotTasks: needs.hotTasks,
    status: async () => ({
      version,
      degraded: needs.degraded(),
      log: { engine: config.LOG_ENGINE, head: await log.head() },
      projections: await readModels.status(),
      workers: [...(await workers.seen()), ...(await needs.policies()).map(asWorker)],
    }),
    rebuild: readModels.rebuild,
    replay: needs.replay,
    readModels: readModels.watching.projections.map(({ name }) => name),
    authenticate: authenticator(sql, readModels),
    rates: needs.rates,
    denied: recordDenials({ log, clock: Date.now }),
    closing: needs.closing,
    limits: { ...defaultLimits, bodyBytes: config.WAYBILL_MAX_REQUEST_BYTES, waitMs: config.WAYBILL_READ_WAIT_MS },
    persisted: await persistedDocuments(config),
    report: ({ id, where, error }) => logger.error("request failed", { id, where, error }),
  };
};

const asWorker = ({ name, state, error }: PolicyStatus): WorkerView => ({
  name,
  kind: "policy",
  state: error === null ? state : `${state}: ${error}`,
  lastSeen: new Date().toISOString(),
});

const persistedDocuments = async ({ WAYBILL_PERSISTED_DOCUMENTS: folder, WAYBILL_PERSISTED_ONLY: only }: Config): Promise<PersistedDocuments> => {
  if (folder === undefined) return { registered: [], only };
  try {
    const files = (await readdir(folder)).filter((name) => name.endsWith(".graphql"));
    return { registered: await Promise.all(files.map((name) => readFile(join(folder, name), "utf8"))), only };
  } catch (cause) {
    throw new CannotStart(`cannot read WAYBILL_PERSISTED_DOCUMENTS: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
};
