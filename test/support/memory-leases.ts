import type { Leases } from "#commands/ports/leases.ts";

export interface MemoryLeases extends Leases {
  /** As a store that lost everything. */
  readonly forget: () => void;
}

/** Leases of one process; `now` in milliseconds. Tokens are on the scale of the real stores. */
export const memoryLeases = (now: () => number = Date.now): MemoryLeases => {
  const leases = new Map<string, { readonly owner: string | null; readonly token: number; readonly expires: number }>();
  const live = (name: string) => {
    const lease = leases.get(name);
    return lease && lease.owner !== null && lease.expires > now() ? lease : undefined;
  };
  return {
    acquire: async (name, owner, lifetimeMs, above = 0) => {
      const holder = live(name);
      if (holder && holder.owner !== owner) return null;
      const token = Math.max(Math.round(now() * 1000), (leases.get(name)?.token ?? 0) + 1, above + 1);
      leases.set(name, { owner, token, expires: now() + lifetimeMs });
      return token;
    },
    renew: async (name, token, lifetimeMs) => {
      const lease = live(name);
      if (lease?.token !== token) return false;
      leases.set(name, { ...lease, expires: now() + lifetimeMs });
      return true;
    },
    release: async (name, token) => {
      const lease = leases.get(name);
      if (lease?.token === token) leases.set(name, { ...lease, owner: null });
    },
    held: async (names) => new Set(names.filter(live)),
    forget: () => leases.clear(),
  };
};
