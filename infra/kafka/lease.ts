import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Leases } from "#commands/ports/leases.ts";

export interface LeaseOptions {
  readonly leases: Leases;
  readonly name: string;
  readonly node: string;
  readonly lifetimeMs: number;
}

/** A lease that renews itself. */
export interface HeldLease {
  readonly token: number;
  /** Aborts when it is another's. */
  readonly lost: AbortSignal;
  /**
   * Throws where it is lost; asks where it may have run out unnoticed, because the process slept. While nobody can be asked it stays:
   * nobody can take it either.
   */
  readonly sure: () => Promise<void>;
  readonly release: () => Promise<void>;
}

/** Null while another has it. Throws `Unavailable`. */
export const holdLease = async ({ leases, name, node, lifetimeMs }: LeaseOptions, above: number): Promise<HeldLease | null> => {
  let renewed = performance.now();
  const token = await leases.acquire(name, node, lifetimeMs, above);
  if (token === null) return null;
  const lost = new AbortController();
  const released = new AbortController();

  const renew = async () => {
    const asked = performance.now();
    try {
      if (await leases.renew(name, token, lifetimeMs)) renewed = asked;
      else lost.abort();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  };
  const stay = async () => {
    const either = AbortSignal.any([lost.signal, released.signal]);
    while (!either.aborted) {
      await sleep(lifetimeMs / 3, undefined, { signal: either }).catch(() => undefined);
      if (!either.aborted) await renew();
    }
  };
  const staying = stay();
  const sure = async () => {
    if (!lost.signal.aborted && performance.now() - renewed > lifetimeMs) await renew();
    lost.signal.throwIfAborted();
  };
  const release = async () => {
    released.abort();
    await staying;
    // It runs out by itself.
    await leases.release(name, token).catch(() => undefined);
  };
  return { token, lost: lost.signal, sure, release };
};
