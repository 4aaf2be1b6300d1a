import { hash } from "node:crypto";
import type { Patience } from "#domain/deliveries/retry.ts";
import type { Endpoints } from "#commands/deliveries/endpoints.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
import type { Secrets } from "#commands/ports/secrets.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { Fenced } from "#projections/kernel/checkpoint.ts";
import { whileHolding } from "#projections/kernel/lease.ts";
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
import { deliveryTables, forget, highestFence, prune } from "./store.ts";
import { tend, type TendNeeds } from "./tend.ts";
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

/** Leases are of shares of the endpoints: their number does not grow with that of the endpoints. */
const shares = 32;
const lifetimeMs = 5000;
const lookMs = 500;
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
  const lost = new Map<string, Set<string>>();
  const writer = stack.use(openWriter(database, (endpoint) => lost.get(String(shareOf(endpoint)))?.add(endpoint)));
  const source = stack.use(await patiently(closing, () => openSource(log)));
  const registry = stack.use(await patiently(closing, () => openRegistry({ log, sql: database, readModels }, closing)));
  const held = new Set<number>();
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
  const all = Array.from({ length: shares }, (_, share) => keepShare({ ...needs, name, tending, held, lost }, share, closing));
  await Promise.all([...all, pruning(needs, tending, held, closing)]);
};

type Keeping = DeliveriesNeeds & {
  readonly name: string;
  readonly tending: TendNeeds;
  readonly held: Set<number>;
  readonly lost: Map<string, Set<string>>;
};

/** Takes a share over whenever nobody has it; the process to which it falls has the first try, so that shares spread over all. */
const keepShare = async (keeping: Keeping, share: number, closing: AbortSignal): Promise<void> => {
  const { tending, held, lost, leases, owner, database, failed } = keeping;
  const mine = (endpoint: string) => shareOf(endpoint) === share;
  while (!closing.aborted)
    try {
      const ids = tending.registry.endpoints().map(({ id }) => id).filter(mine);
      if (ids.length > 0 && ((await fallsTo(keeping, share)) || (await stillFree(keeping, share, closing)))) {
        const above = await highestFence(database, ids);
        await whileHolding({ leases, name: leaseName(share), owner, lifetimeMs, above }, closing, async (fence, signal) => {
          const taken = new Set<string>();
          lost.set(String(share), taken);
          held.add(share);
          const moved = new AbortController();
          const handing = handOver(keeping, share, AbortSignal.any([signal, moved.signal])).then((away) => away && moved.abort());
          await tend(tending, { mine, fence, lost: taken }, AbortSignal.any([signal, moved.signal])).finally(() => moved.abort());
          await handing;
        });
      }
      await pause(lookMs, AbortSignal.any([closing, ...(ids.length === 0 ? [tending.registry.changed()] : [])]));
    } catch (error) {
      if (!(error instanceof Unavailable || error instanceof Fenced)) failed(`share ${share}`, error);
      await pause(lookMs, closing);
    } finally {
      held.delete(share);
      lost.delete(String(share));
    }
};

const leaseName = (share: number): string => `deliveries:${share}`;

const shareOf = (endpoint: string): number => Number.parseInt(hash("sha256", endpoint).slice(0, 8), 16) % shares;

/** Who says nothing for longer may be dead. */
const freshMs = 8000;

/** Among the living, the one whose name and the share's give the highest hash: each change of who lives moves few shares. */
const fallsTo = async ({ workers, name }: Keeping, share: number): Promise<boolean> => {
  const alive = (await workers.seen()).filter(({ kind, lastSeen }) => kind === "webhooks" && Date.now() - Date.parse(lastSeen) < freshMs).map((one) => one.name);
  const weight = (one: string) => hash("sha256", `${share} ${one}`);
  return alive.every((one) => one === name || weight(one) < weight(name));
};

/** Nobody has taken it although there was time. */
const stillFree = async ({ leases }: Keeping, share: number, closing: AbortSignal): Promise<boolean> => {
  await pause(3 * lookMs, closing);
  return !closing.aborted && !(await leases.held([leaseName(share)])).has(leaseName(share));
};

const handOverMs = 5000;

/** Resolves with true when the share falls to another. */
const handOver = async (keeping: Keeping, share: number, signal: AbortSignal): Promise<boolean> => {
  while (!signal.aborted) {
    await pause(handOverMs, signal);
    if (!signal.aborted && !(await fallsTo(keeping, share).catch(() => true))) return true;
  }
  return false;
};

const pruning = async ({ database }: DeliveriesNeeds, { registry }: TendNeeds, held: ReadonlySet<number>, closing: AbortSignal): Promise<void> => {
  while (!closing.aborted) {
    await pause(pruneMs, closing);
    const ours = registry.endpoints().map(({ id }) => id).filter((id) => held.has(shareOf(id)));
    // What is not pruned now is pruned later.
    if (closing.aborted) return;
    await prune(database, ours, keptAttempts).catch(() => undefined);
    await forget(database).catch(() => undefined);
  }
};
