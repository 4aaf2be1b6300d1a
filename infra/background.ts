import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
import type { Clock } from "#commands/ports/clock.ts";
import type { Signer } from "#commands/ports/signer.ts";
import { type Alone, runWorker } from "#commands/tasks/run-worker.ts";
import type { Outcome } from "#commands/tasks/worker.ts";
import { publishPending } from "#commands/trust/publish-pending.ts";
import { renew } from "#commands/trust/renew.ts";
import { keepHolding, whileHolding } from "#projections/kernel/lease.ts";
import { patiently } from "#projections/kernel/pause.ts";
import type { ReadModels } from "#projections/kernel/watch.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { openTasks } from "#projections/tasks/open-tasks.ts";
import { repositoryNames } from "#projections/trust/queries.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Logger } from "./log.ts";
import { pendingTargets } from "./postgres/pending-targets.ts";
import type { Workers } from "./postgres/workers.ts";
import { whenReadable } from "./readiness.ts";
import { runRenewal } from "./renewal.ts";
import type { Aggregates } from "./use-cases.ts";

export interface BackgroundNeeds {
  readonly aggregates: Aggregates;
  readonly log: EventLog;
  readonly signer: Signer;
  readonly sql: Sql;
  readonly readModels: ReadModels;
  readonly clock: Clock;
  readonly leases: Leases;
  readonly logger: Logger;
  /** Name of this process among those on the same log; no other that is alive has it. */
  readonly owner: string;
  readonly renewalMs: number;
  readonly workers: Pick<Workers, "say">;
  /** Aborts when the process is about to end: no more tasks are taken, the one in hand is finished. */
  readonly ending: AbortSignal;
  /** A part ended by a defect: what it does is not done any more until a restart. */
  readonly failed: (error: unknown) => void;
}

const reachMs = 30_000;

// Long enough for a process that is busy with a large publication and cannot renew in time.
const subjectMs = 5000;
const renewalClockMs = 10_000;

/** The publisher and the clock that renews metadata: what works by itself, until disposed of. */
export const runBackground = (needs: BackgroundNeeds): AsyncDisposable => {
  const { aggregates, log, clock, sql, readModels, leases, owner, logger, failed } = needs;
  const closing = new AbortController();
  const signal = AbortSignal.any([closing.signal, needs.ending]);
  const name = `publisher of ${owner}`;
  let state = "idle";
  const presence = needs.workers.say(() => ({ name, kind: "publication", state, lastSeen: new Date(clock()).toISOString() }));

  const reached = (position: number) => readModels.reached("tuf", position, reachMs);
  const visible = async (position: number) => {
    if ((await reached(position)).stale) throw new Unavailable("read models");
  };
  const publication = publishPending({ ...needs, repositories: aggregates.repositories, pending: pendingTargets(sql, reached), visible });
  const report = ({ subject, tasks, error }: Outcome) => {
    if (error !== undefined) logger.error("work failed", { worker: name, subject, tasks, error });
  };
  const watched: typeof publication = async (subject, cause, signal) => {
    state = `publishing ${subject}`;
    presence.changed();
    try {
      return await publication(subject, cause, signal);
    } finally {
      state = "idle";
      presence.changed();
    }
  };
  const openAt = () =>
    patiently(signal, async () => {
      const position = readModels.position("tasks");
      return { position, tasks: await openTasks(sql) };
    });

  // Not our signal: what is in hand when the stop comes is finished under its lease.
  const draining = new AbortController().signal;
  const alone: Alone = (subject, above, work) =>
    whileHolding({ leases, name: `tasks:${subject}`, owner, lifetimeMs: subjectMs, above }, draining, (token, signal) => work({ token, signal }));

  const readable = whenReadable(readModels, signal);
  const worker = readable.then(() =>
    runWorker({ name, tasks: aggregates.tasks, log, clock, openAt, alone, report, signal, jobs: { publication: watched } }),
  );
  // One clock is enough, however many processes there are.
  const renewal = readable.then(() =>
    keepHolding({ leases, name: "renewal", owner, lifetimeMs: renewalClockMs }, signal, (held) =>
      runRenewal({
        repositories: () => repositoryNames(sql),
        renew: renew({ ...aggregates, log, clock }),
        intervalMs: needs.renewalMs,
        report: (repository, error) => logger.error("renewal failed", { repository, error }),
        signal: held,
      }),
    ),
  );
  for (const part of [worker, renewal]) part.catch(failed);
  return {
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.allSettled([worker, renewal]);
      await presence[Symbol.asyncDispose]();
    },
  };
};
