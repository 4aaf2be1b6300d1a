import { refuse } from "#domain/kernel/decider.ts";

/** The idempotency key of this command was used before, for a command on another stream. */
export const keyReused = (stream: string) =>
  refuse("IDEMPOTENCY_KEY_REUSED", "This idempotency key belongs to another command", { stream });
