import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
import type { Signer } from "#commands/ports/signer.ts";
import { addTargets } from "#commands/trust/add-targets.ts";
import { keepHolding } from "#projections/kernel/lease.ts";
import type { ReadModels } from "#projections/kernel/watch.ts";
import type { Sql } from "#projections/ports/sql.ts";
import type { Config } from "./config.ts";
import { keepLedger } from "./ledger.ts";
import type { Logger } from "./log.ts";
import type { Workers } from "./postgres/workers.ts";
import { whenReadable } from "./readiness.ts";
import type { Aggregates } from "./use-cases.ts";

export interface RunningLedger {
  readonly log: EventLog;
  readonly signer: Signer;
  readonly sql: Sql;
  readonly aggregates: Aggregates;
  readonly readModels: ReadModels;
  readonly leases: Leases;
  /** Name of this process among those on the same log. */
  readonly owner: string;
  readonly workers: Pick<Workers, "say">;
  readonly blobs: BlobStore;
  readonly config: Config;
  readonly logger: Logger;
  readonly failed: (error: unknown) => void;
  /** Of the last signed checkpoint. */
  readonly file: string;
  readonly ending: AbortSignal;
}

const lifetimeMs = 5000;

/** The one of all processes that signs the ledger's checkpoints, where it is this one; the others wait to take over. */
export const runLedger = (running: RunningLedger): AsyncDisposable => {
  const { log, signer, sql, aggregates, readModels, leases, owner, workers, blobs, config, logger, file } = running;
  const closing = new AbortController();
  const signal = AbortSignal.any([closing.signal, running.ending]);
  const name = `ledger of ${owner}`;
  let state = "waiting";
  const presence = workers.say(() => ({ name, kind: "ledger", state, lastSeen: new Date().toISOString() }));
  const say = (now: string) => {
    if (now === state) return;
    state = now;
    presence.changed();
  };
  const keeping = {
    log, signer, sql, readModels, blobs, file, say,
    now: Date.now,
    ledgers: aggregates.ledgers,
    addTargets: addTargets({ ...aggregates, log, clock: Date.now }),
    settings: {
      origin: config.WAYBILL_LEDGER_ORIGIN,
      intervalMs: config.WAYBILL_LEDGER_INTERVAL_MS,
      publication: config.WAYBILL_LEDGER_REPOSITORY === undefined ? null : { repository: config.WAYBILL_LEDGER_REPOSITORY, intervalMs: config.WAYBILL_LEDGER_PUBLICATION_MS },
    },
    report: (error: unknown) => logger.error("ledger stopped", { error }),
  };
  const kept = whenReadable(readModels, signal).then(() =>
    keepHolding({ leases, name: "ledger", owner, lifetimeMs }, signal, async (held) => {
      await keepLedger(keeping, held);
      say("waiting");
    }),
  );
  kept.catch(running.failed);
  return {
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.allSettled([kept]);
      await presence[Symbol.asyncDispose]();
    },
  };
};
