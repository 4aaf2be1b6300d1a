import { publishChanges } from "#commands/policies/publish-changes.ts";
import { runBackground } from "#infra/background.ts";
import { runPolicies } from "#infra/policies/run.ts";
import { workerMissing } from "#infra/readiness.ts";
import { runLedger } from "#infra/run-ledger.ts";
import type { Aggregates } from "#infra/use-cases.ts";
import type { Provide } from "./container.ts";
import { atWork, ids, type Setting } from "./parts.ts";

export const policiesOf = ({ tasks }: Aggregates) => [publishChanges(tasks)];

export const bindWorker = (bind: Provide, { config, logger, failed, closing }: Setting): void => {
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
