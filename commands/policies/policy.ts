import type { AnyEvent, Cause, Recorded, StoredEvent } from "#domain/kernel/event.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";

/**
 * A process manager: when this event, then those commands. Each command is sent at least once, after a crash perhaps again, and
 * when the read models' database was lost once more from the beginning: its `cause` is the same every time, so that a command that
 * was carried out answers with its first receipt. One that was refused, or had nothing to do, is decided anew then, and must be
 * harmless even long afterwards.
 */
export interface Policy<Event extends AnyEvent = AnyEvent> {
  /** Lower-case words: the key of its checkpoint and part of every command id. Never changed. */
  readonly name: string;
  /** Wire types that it answers to. */
  readonly types: readonly string[];
  decode(stored: StoredEvent): Recorded<Event>;
  /** The commands to send, in this order; the same ones for the same event, every time. A refusal is an answer, too. */
  react(recorded: Recorded<Event>): readonly Reaction[];
}

export type Reaction = (cause: Cause) => Promise<unknown>;

/** The cause of the command at `index` among those that `policy` answers an event with. */
export const causeOf = (policy: string, event: Pick<StoredEvent, "id" | "correlationId" | "traceparent">, index: number): Cause => ({
  actor: `policy:${policy}`,
  commandId: commandIdOf("policy", policy, event.id, String(index)),
  correlationId: event.correlationId,
  causationId: event.id,
  traceparent: event.traceparent,
});
