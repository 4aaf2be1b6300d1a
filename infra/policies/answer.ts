import { ConcurrencyConflict, Unavailable } from "#domain/kernel/errors.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { turns } from "#commands/kernel/turns.ts";
import { causeOf, type Policy } from "#commands/policies/policy.ts";
import { backoff } from "#projections/kernel/pause.ts";

/** An event that a policy could not answer, for a defect. */
export class Unanswered extends Error {
  readonly event: StoredEvent;

  constructor(event: StoredEvent, cause: unknown) {
    super(`event ${event.id} at position ${event.position} was not answered`, { cause });
    this.name = "Unanswered";
    this.event = event;
  }
}

interface Bounds {
  /** Events that are answered at the same time, at most. */
  readonly abreast: number;
  readonly signal: AbortSignal;
}

/**
 * Answers every event, a few at a time, those of one stream in their order. `unanswered` is the first in log order that was not,
 * `upTo` the position up to which all were. After an abort some were not.
 */
export const answerAll = async (
  policy: Policy,
  events: readonly StoredEvent[],
  { abreast, signal }: Bounds,
): Promise<{ readonly upTo: number; readonly unanswered: Error | undefined }> => {
  const inTurn = turns();
  const answered = new Set<StoredEvent>();
  const failures = new Map<StoredEvent, unknown>();
  const waiting = events.values();

  const answerOne = async (event: StoredEvent): Promise<void> => {
    if (signal.aborted || failures.size > 0) return;
    try {
      await answer(policy, event, signal);
      if (!signal.aborted) answered.add(event);
    } catch (cause) {
      failures.set(event, cause);
    }
  };
  const lane = async () => {
    for (const event of waiting) await inTurn(event.stream, () => answerOne(event));
  };
  await Promise.all(Array.from({ length: abreast }, lane));
  const first = events.find((event) => !answered.has(event));
  if (!first) return { upTo: events.at(-1)?.position ?? 0, unanswered: undefined };
  const failed = failures.has(first) ? new Unanswered(first, failures.get(first)) : new Unavailable("policy", { cause: signal.reason });
  return { upTo: first.position - 1, unanswered: failed };
};

const answer = async (policy: Policy, stored: StoredEvent, signal: AbortSignal): Promise<void> => {
  const reactions = policy.react(policy.decode(stored));
  for (const [index, reaction] of reactions.entries()) await patiently(() => reaction(causeOf(policy.name, stored, index)), signal);
};

/** Sends a command until it is answered: conflicts pass, and servers come back. */
const patiently = async (send: () => Promise<unknown>, signal: AbortSignal): Promise<void> => {
  const again = backoff(signal);
  while (!signal.aborted)
    try {
      await send();
      return;
    } catch (error) {
      if (!(error instanceof ConcurrencyConflict || error instanceof Unavailable)) throw error;
      await again.wait();
    }
};
