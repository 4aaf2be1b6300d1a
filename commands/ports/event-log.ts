import type { Cause, StoredEvent } from "#domain/kernel/event.ts";
import type { JsonObject } from "#domain/kernel/json.ts";

/** What a writer believes of a stream: its last revision, that it is there, that it is not, or nothing. */
export type Expected = number | "none" | "exists" | "any";

export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
}

export interface AppendOptions {
  readonly expected: Expected;
  /** `cause.commandId` makes the append idempotent. */
  readonly cause: Cause;
}

/** What an append left behind. Reads accept `position` to see at least this (DESIGN §4). */
export interface Receipt {
  /** Position of the last event of this command. */
  readonly position: number;
  readonly stream: string;
  /** Revision of the last event of this command; -1 in an empty stream. */
  readonly revision: number;
  readonly eventIds: readonly string[];
  /** The command was already carried out; this is its first receipt. */
  readonly replayed: boolean;
}

/** A stretch of the whole log in its order. */
export interface Page {
  readonly events: readonly StoredEvent[];
  /** Everything up to and including this position has been looked at, whether it matched the filter or not. */
  readonly position: number;
  /** There was nothing behind this page when it was read. */
  readonly caughtUp: boolean;
}

export interface ReadAll {
  /** Exclusive; 0 is the beginning. */
  readonly after: number;
  /** How many events are looked at, at most; fewer where they are large. */
  readonly limit: number;
  /** Wire types; all where absent. */
  readonly types?: readonly string[] | undefined;
}

export interface Subscribe {
  readonly after: number;
  readonly types?: readonly string[] | undefined;
  /** Ends the iteration without an error. */
  readonly signal: AbortSignal;
  /** How many events one page looks at, at most; 1,000 where absent. */
  readonly limit?: number | undefined;
}

/**
 * The one truth: every mutation is an event here (DESIGN §3). What every engine promises, test/conformance/event-log proves.
 * All methods throw `Unavailable` when the store does not answer.
 */
export interface EventLog {
  /**
   * All or nothing, in this order. Resolves when the events survive kill -9 and a restart of the engine.
   * The same `commandId` again returns the first receipt with `replayed: true` and appends nothing, whatever is expected.
   * Throws `ConcurrencyConflict` when `expected` does not hold, `PayloadTooLarge` for an event of more than 900 KB of JSON.
   */
  append(stream: string, events: readonly NewEvent[], options: AppendOptions): Promise<Receipt>;

  /** The receipt of a command that was carried out, `replayed: true`; null where it never was. */
  receipt(commandId: string): Promise<Receipt | null>;

  /** Events of one stream in revision order, those behind `after` (exclusive; from the start where absent). */
  read(stream: string, options?: { readonly after?: number; readonly limit?: number }): Promise<readonly StoredEvent[]>;

  /** Every event once, positions strictly growing; none is ever skipped, however appends overlap. */
  readAll(options: ReadAll): Promise<Page>;

  /** Position of the last event; 0 where there is none. */
  head(): Promise<number>;

  /**
   * Catch-up, then live, over one cursor: no gap and no duplicate at the seam. A page without a match still moves `position`.
   * The next page is read when the consumer asks for it (backpressure). While the store is away it waits and goes on by itself.
   * A page with `caughtUp` may come many times, and comes at once (perhaps empty) where nothing is behind `after`.
   */
  subscribe(options: Subscribe): AsyncIterable<Page>;

  [Symbol.asyncDispose](): Promise<void>;
}

/** Largest event, in bytes of JSON. */
export const maxEventBytes = 900_000;
