import { setTimeout as sleep } from "node:timers/promises";
import { CliError, exitCodes } from "./exit.ts";
import { ServerError } from "./server-errors.ts";
import type { Session } from "./session.ts";

export const isAway = (error: unknown): error is CliError => error instanceof CliError && error.exit === exitCodes.unavailable;

/** Seconds to wait before the next try: what the server asked for, else longer each time. */
export const backoff = (error: CliError, attempt: number): number =>
  error instanceof ServerError ? error.retryAfterSeconds : Math.min(5, 0.2 * 2 ** attempt);

/**
 * Does the same again while the server is away, for a while; for work that may be done twice. A first connection that fails
 * is not for this: nobody waits half a minute to hear that no server runs.
 */
export const patiently = async <Answer>(session: Session, work: () => Promise<Answer>, patienceMs = 30_000): Promise<Answer> => {
  const until = performance.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || performance.now() > until) throw error;
      if (attempt === 0) session.output.note(`${error.message}; trying again`);
      await sleep(backoff(error, attempt) * 1000, undefined, { signal: session.signal });
    }
  }
};
