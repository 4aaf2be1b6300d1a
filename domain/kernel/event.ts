import { z } from "zod";
import type { JsonObject } from "./json.ts";

/** A fact in the past tense: strict, readonly, told apart by its `type`. */
export const event = <const Name extends string, const Shape extends z.ZodRawShape>(type: Name, shape: Shape) =>
  z.strictObject({ type: z.literal(type), ...shape }).readonly();

/** What every context's events have in common. */
export interface AnyEvent {
  readonly type: string;
}

/** Who or what brought an event about, and why; kept beside its data for ever. */
export interface Cause {
  /** Account that asked: `token:<id>`, `policy:<name>`, `worker:<name>`, `system`. */
  readonly actor: string;
  /** Why, in the actor's own words. */
  readonly reason?: string | undefined;
  /** One command, however often it is sent: the key of idempotency. */
  readonly commandId: string;
  /** Everything that one request from outside led to shares this. */
  readonly correlationId: string;
  /** Id of the event that led to this one. */
  readonly causationId?: string | undefined;
  /** W3C Trace Context of the request. */
  readonly traceparent?: string | undefined;
}

/** An event as the log keeps it, the same in every engine: DESIGN §3. */
export interface StoredEvent extends Cause {
  /** UUID, the same for the same command: see `eventId`. */
  readonly id: string;
  /** Wire name with version: `trust.TargetsAdded.v1`. */
  readonly type: string;
  readonly stream: string;
  /** 0, 1, 2 … within the stream. */
  readonly revision: number;
  /** Place in the one total order of the whole log, from 1, strictly growing. */
  readonly position: number;
  /** When it was appended: ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly data: JsonObject;
}

/** A stored event, read in its context's present shape. */
export interface Recorded<Event extends AnyEvent> extends Omit<StoredEvent, "data" | "type"> {
  readonly event: Event;
}
