import { hash } from "node:crypto";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Leases } from "#commands/ports/leases.ts";
import { Fenced } from "#projections/kernel/checkpoint.ts";
import { whileHolding } from "#projections/kernel/lease.ts";
import { pause } from "#projections/kernel/pause.ts";
import type { Database } from "#projections/ports/sql.ts";
import type { Workers } from "#infra/postgres/workers.ts";
import { highestFence } from "./store.ts";
import { tend, type TendNeeds } from "./tend.ts";

export interface SharesNeeds {
  readonly leases: Leases;
  readonly database: Database;
  readonly workers: Pick<Workers, "seen">;
  /** Of this process, and of its worker as all see it. */
  readonly owner: string;
  readonly name: string;
  readonly tending: TendNeeds;
  readonly held: HeldShares;
  readonly failed: (what: string, error: unknown) => void;
}

/** The shares that this process serves. */
export type HeldShares = Map<number, Held>;

interface Held {
  /** Endpoints that turned out to be another's by now. */
  readonly lost: Set<string>;
  /** Aborted when the share falls to another. */
  readonly moved: AbortController;
  /** When that is looked at next, by this process's own clock. */
  lookAt: number;
}

/** Leases are of shares of the endpoints: their number does not grow with that of the endpoints. */
const shares = 32;
const lifetimeMs = 5000;
const lookMs = 500;
/** A share that falls to somebody who does not take it is anybody's. */
const untakenMs = 3 * lookMs;
const handOverMs = 5000;
/** Who says nothing for longer may be dead. */
const freshMs = 8000;

export const shareOf = (endpoint: string): number => Number.parseInt(hash("sha256", endpoint).slice(0, 8), 16) % shares;

const leaseName = (share: number): string => `deliveries:${share}`;

/**
 * Takes shares over whenever nobody has them; the process to which one falls has the first try, so that they spread over all. One look
 * is for all shares: who has none asks no more than one statement of the database.
 */
export const keepShares = async (needs: SharesNeeds, closing: AbortSignal): Promise<void> => {
  const serving = new Map<number, Promise<void>>();
  const freeSince = new Map<number, number>();
  while (!closing.aborted) {
    const changed = needs.tending.registry.changed();
    try {
      for (const share of await look(needs, serving, freeSince)) serving.set(share, serve(needs, share, closing).finally(() => serving.delete(share)));
    } catch (error) {
      if (!(error instanceof Unavailable)) needs.failed("shares", error);
    }
    await pause(lookMs, AbortSignal.any([closing, changed]));
  }
  await Promise.all(serving.values());
};

/** Gives away what falls to another by now, and answers with what to take. */
const look = async ({ leases, workers, tending, held, name }: SharesNeeds, serving: ReadonlyMap<number, unknown>, freeSince: Map<number, number>): Promise<readonly number[]> => {
  const now = performance.now();
  const others = [...new Set(tending.registry.endpoints().map(({ id }) => shareOf(id)))].filter((share) => !serving.has(share));
  const taken = others.length === 0 ? new Set<string>() : await leases.held(others.map(leaseName));
  const free = new Set(others.filter((share) => !taken.has(leaseName(share))));
  for (const share of freeSince.keys()) if (!free.has(share)) freeSince.delete(share);
  const due = [...held].filter(([, { lookAt }]) => lookAt <= now);
  if (free.size === 0 && due.length === 0) return [];
  const alive = (await workers.seen()).filter(({ kind, lastSeen }) => kind === "webhooks" && Date.now() - Date.parse(lastSeen) < freshMs).map((one) => one.name);
  for (const [share, one] of due)
    if (fallsTo(name, share, alive)) one.lookAt = now + handOverMs;
    else one.moved.abort();
  return [...free].filter((share) => {
    const since = freeSince.get(share) ?? now;
    freeSince.set(share, since);
    return fallsTo(name, share, alive) || now - since >= untakenMs;
  });
};

/** Among the living, the one whose name and the share's give the highest hash: each change of who lives moves few shares. */
const fallsTo = (name: string, share: number, alive: readonly string[]): boolean => {
  const weight = (one: string) => hash("sha256", `${share} ${one}`);
  return alive.every((one) => one === name || weight(one) < weight(name));
};

/** Until it is lost, given away, or all is over. */
const serve = async ({ leases, database, owner, tending, held, failed }: SharesNeeds, share: number, closing: AbortSignal): Promise<void> => {
  const mine = (endpoint: string) => shareOf(endpoint) === share;
  try {
    const above = await highestFence(database, tending.registry.endpoints().map(({ id }) => id).filter(mine));
    await whileHolding({ leases, name: leaseName(share), owner, lifetimeMs, above }, closing, (fence, signal) => {
      const one = { lost: new Set<string>(), moved: new AbortController(), lookAt: performance.now() + handOverMs };
      held.set(share, one);
      return tend(tending, { mine, fence, lost: one.lost }, AbortSignal.any([signal, one.moved.signal]));
    });
  } catch (error) {
    if (!(error instanceof Unavailable || error instanceof Fenced)) failed(`share ${share}`, error);
  } finally {
    held.delete(share);
  }
};
