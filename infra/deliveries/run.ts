import type { Patience } from "#domain/deliveries/retry.ts";
import type { Endpoints } from "#commands/deliveries/endpoints.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
import type { Secrets } from "#commands/ports/secrets.ts";
import { patiently, pause } from "#projections/kernel/pause.ts";
import type { ReadModels } from "#projections/kernel/watch.ts";
import type { Database } from "#projections/ports/sql.ts";
import { whenReadable } from "#infra/readiness.ts";
import type { Workers } from "#infra/postgres/workers.ts";
import { version } from "#infra/version.ts";
import type { Reach } from "./addresses.ts";
import { outcomesOn } from "./outcomes.ts";
import { openRegistry } from "./registry.ts";
import { openSource } from "./source.ts";
import { type HeldShares, keepShares, shareOf } from "./shares.ts";
import { deliveryTables, forget, prune } from "./store.ts";
import type { TendNeeds } from "./tend.ts";
import { openWriter } from "./writer.ts";

export interface DeliveriesNeeds {
  readonly log: EventLog;
  readonly database: Database;
  readonly leases: Leases;
  readonly readModels: Pick<ReadModels, "reached" | "unready">;
  readonly endpoints: Endpoints;
  readonly secrets: Pick<Secrets, "read">;
  readonly workers: Workers;
  /** Name of this process; no other that is alive has it. */
  readonly owner: string;
  readonly reach: Reach;
  readonly patience: Patience;
  readonly timeoutMs: number;
  readonly failed: (what: string, error: unknown) => void;
}

const pruneMs = 60_000;
const keptAttempts = 10_000;

/** Delivers events to the webhooks that want them, each in the hands of one process, until disposed of. */
export const runDeliveries = (needs: DeliveriesNeeds): AsyncDisposable => {
  const closing = new AbortController();
  const running = run(needs, closing.signal).catch((error: unknown) => {
    if (!closing.signal.aborted) needs.failed("deliveries", error);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await running;
    },
  };
};

const run = async (needs: DeliveriesNeeds, closing: AbortSignal): Promise<void> => {
  const { log, database, readModels, owner } = needs;
  await patiently(closing, deliveryTables(database));
  await whenReadable(readModels, closing);
  if (closing.aborted) return;
  await using stack = new AsyncDisposableStack();
  const held: HeldShares = new Map();
  const writer = stack.use(openWriter(database, (endpoint) => held.get(shareOf(endpoint))?.lost.add(endpoint)));
  const source = stack.use(await patiently(closing, () => openSource(log)));
  const registry = stack.use(await patiently(closing, () => openRegistry({ log, sql: database, readModels }, closing)));
  const name = `deliverer of ${owner}`;
  const view = () => ({ name, kind: "webhooks", state: `${registry.endpoints().filter(({ id }) => held.has(shareOf(id))).length} webhooks`, lastSeen: "" });
  stack.use(needs.workers.say(view));
  const post = { secrets: needs.secrets, version, reach: needs.reach, timeoutMs: needs.timeoutMs };
  const tending: TendNeeds = {
    source,
    writer,
    registry,
    post,
    sql: database,
    outcomes: outcomesOn(needs.endpoints, owner),
    patience: needs.patience,
    failed: needs.failed,
  };
  await Promise.all([keepShares({ ...needs, name, tending, held }, closing), pruning(needs, tending, held, closing)]);
};

const pruning = async ({ database }: DeliveriesNeeds, { registry }: TendNeeds, held: HeldShares, closing: AbortSignal): Promise<void> => {
  while (!closing.aborted) {
    await pause(pruneMs, closing);
    const ours = registry.endpoints().map(({ id }) => id).filter((id) => held.has(shareOf(id)));
    // What is not pruned now is pruned later.
    if (closing.aborted) return;
    await prune(database, ours, keptAttempts).catch(() => undefined);
    await forget(database).catch(() => undefined);
  }
};
