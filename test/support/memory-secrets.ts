import type { Secrets } from "#commands/ports/secrets.ts";

export const memorySecrets = (): Secrets => {
  const kept = new Map<string, string>();
  return {
    keep: async (id, secret) => !kept.has(id) && Boolean(kept.set(id, secret)),
    read: async (id) => kept.get(id) ?? null,
    forget: async (id) => void kept.delete(id),
  };
};
