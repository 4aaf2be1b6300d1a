import { Unavailable } from "#domain/kernel/errors.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { Fenced } from "./checkpoint.ts";

/** Brings a page's events into the tables and moves the checkpoint to `to`. Throws `Poison` at an event that cannot be applied. */
export type Apply = (events: readonly StoredEvent[], to: number) => Promise<void>;

/** The event that a projection cannot decode or apply; everything before it is committed. */
export class Poison extends Error {
  readonly event: StoredEvent;

  constructor(event: StoredEvent, cause: unknown) {
    super(`event ${event.id} at position ${event.position} cannot be applied`, { cause });
    this.name = "Poison";
    this.event = event;
  }
}

interface Committing {
  /** All of these events and the checkpoint, or nothing. */
  readonly commit: Apply;
  /** Throws `Fenced` where the checkpoint is no longer ours. */
  readonly stillHeld: () => Promise<unknown>;
}

/** A transaction that takes longer halves those after it: a lease must never run out within one. */
const longMs = 1000;

/**
 * Commits batch by batch. A batch that fails is halved until the one event is found that is to blame: what is before it is
 * committed, and a batch whose halves succeed has been worth the try.
 */
export const applyBatch = ({ commit, stillHeld }: Committing): Apply => {
  let most = Number.POSITIVE_INFINITY;

  const apply: Apply = async (events, to) => {
    if (events.length > most) return halves(events, to);
    const began = Date.now();
    try {
      await commit(events, to);
    } catch (error) {
      if (error instanceof Unavailable || error instanceof Fenced) throw error;
      // Two owners at once meet each other's rows. Whoever is no longer the owner has found no poison.
      await stillHeld();
      const [event] = events;
      if (events.length === 1 && event) throw new Poison(event, error);
      return halves(events, to);
    }
    if (Date.now() - began > longMs) most = Math.max(1, Math.ceil(events.length / 2));
  };

  const halves: Apply = async (events, to) => {
    const middle = events.length >> 1;
    const first = events.slice(0, middle);
    await apply(first, first.at(-1)?.position ?? to);
    await apply(events.slice(middle), to);
  };

  return apply;
};
