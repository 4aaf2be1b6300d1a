import { Unavailable } from "#domain/kernel/errors.ts";
import type { Leases } from "#commands/ports/leases.ts";
import { Fenced } from "./checkpoint.ts";
import { pause, within } from "./pause.ts";

/** What there is one of across all processes, and who wants to be it. */
export interface Lease {
  readonly leases: Leases;
  readonly name: string;
  readonly owner: string;
  /** An owner that dies is replaced after it; it is renewed three times as often. */
  readonly lifetimeMs: number;
  /** The highest token that the store of the work has seen. */
  readonly above?: number | undefined;
}

/**
 * Runs `work` under the lease, renews it meanwhile, and gives it back in the end; null where another holds it. The signal aborts
 * when the lease is lost, with `Fenced` as the reason, or when `closing` does. A store of leases that does not answer is waited
 * for, until the lease has run out by this process's own clock: after that another may work.
 */
export const whileHolding = async <Result>(
  { leases, name, owner, lifetimeMs, above }: Lease,
  closing: AbortSignal,
  work: (token: number, signal: AbortSignal) => Promise<Result>,
): Promise<{ readonly result: Result } | null> => {
  const asked = performance.now();
  const token = await leases.acquire(name, owner, lifetimeMs, above);
  if (token === null) return null;
  const over = new AbortController();
  const renew = () => leases.renew(name, token, lifetimeMs);
  const renewing = renewal({ name, lifetimeMs, renew }, asked, over.signal).catch((error: unknown) => over.abort(error));
  try {
    return { result: await work(token, AbortSignal.any([closing, over.signal])) };
  } finally {
    over.abort();
    await renewing;
    await leases.release(name, token).catch(unlessUnavailable);
  }
};

/** Has `work` done by one process at a time, for ever: takes over and waits until `closing` aborts. */
export const keepHolding = async (lease: Lease, closing: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
  while (!closing.aborted) {
    await whileHolding(lease, closing, (_, signal) => work(signal)).catch(unlessUnavailable);
    await pause(lease.lifetimeMs / 2, closing);
  }
};

interface Renewal {
  readonly name: string;
  readonly lifetimeMs: number;
  readonly renew: () => Promise<boolean>;
}

/** `last`: when this process asked for the lifetime that it has. A process that was stopped for longer finds it over. */
const renewal = async ({ name, lifetimeMs, renew }: Renewal, last: number, signal: AbortSignal): Promise<void> => {
  const left = () => Math.max(0, last + lifetimeMs - performance.now());
  for (;;) {
    await pause(Math.min(lifetimeMs / 3, left()), signal);
    if (signal.aborted) return;
    if (left() === 0) throw new Fenced(name);
    const asked = performance.now();
    const renewed = await within(left(), renew().catch(unlessUnavailable));
    if (renewed === false) throw new Fenced(name);
    if (renewed === true) last = asked;
  }
};

const unlessUnavailable = (error: unknown): undefined => {
  if (!(error instanceof Unavailable)) throw error;
};
