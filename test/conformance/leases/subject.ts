import type { Leases } from "#commands/ports/leases.ts";

/** A store of leases under test, empty at first. */
export interface LeasesSubject extends AsyncDisposable {
  /** A process's own view of the store; each call makes another process. */
  readonly open: () => Leases;
  /** The store loses everything it knows. */
  readonly forget: () => Promise<void>;
  /** Time goes by, for the store as for everybody. */
  readonly pass: (milliseconds: number) => Promise<void>;
  /** Milliseconds, going forward with `pass`. */
  readonly now: () => number;
}

export type OpenLeases = () => Promise<LeasesSubject>;
