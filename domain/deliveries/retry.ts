/** How long an endpoint is waited for. */
export interface Patience {
  /** Milliseconds before the second attempt; doubled before each further one. */
  readonly firstMs: number;
  /** The longest pause. */
  readonly mostMs: number;
  /** An endpoint that has taken nothing for so long is disabled. */
  readonly giveUpMs: number;
}

export const usualPatience: Patience = { firstMs: 2000, mostMs: 4 * 3_600_000, giveUpMs: 3 * 24 * 3_600_000 };

/** No answer may hold an event back for longer than that. */
const longestWish = 24 * 3_600_000;

interface Failed {
  /** Attempts so far, at least 1. */
  readonly attempts: number;
  /** What `Retry-After` asked for, in milliseconds. */
  readonly wished: number | null;
  /** From 0 to 1. */
  readonly random: number;
}

/** Milliseconds until the next attempt: exponential, a random half of it less, and never sooner than the receiver asked for. */
export const pauseAfter = ({ firstMs, mostMs }: Patience, { attempts, wished, random }: Failed): number => {
  const most = Math.min(firstMs * 2 ** Math.min(attempts - 1, 40), mostMs);
  return Math.round(Math.max(most / 2 + (most / 2) * random, Math.min(wished ?? 0, longestWish)));
};

/** `Retry-After` (RFC 9110 §10.2.3) in milliseconds from now; null where there is none that makes sense. */
export const retryAfter = (header: string | undefined, now: number): number | null => {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
};
