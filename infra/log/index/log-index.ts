import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Receipt } from "#commands/ports/event-log.ts";

/** What the index needs to know of an event. */
export type Indexed = Pick<StoredEvent, "position" | "stream" | "revision" | "id" | "commandId">;

/** A stretch of the log, in its order, up to `position`. */
export interface IndexedPage {
  readonly events: readonly Indexed[];
  readonly position: number;
}

/** Where an event of a stream lies. */
export interface Place {
  readonly revision: number;
  readonly position: number;
}

/** Which commands and streams one wants to know about. */
export interface Wanted {
  readonly commandIds: readonly string[];
  readonly streams: readonly string[];
}

/** The log as of `position`, as far as it was asked about. Commands and streams that it does not know are missing. */
export interface Known {
  readonly position: number;
  /** With `replayed: true`. Of an append that goes on behind `position`, the part up to there. */
  readonly receipts: ReadonlyMap<string, Receipt>;
  /** The last revision of each stream. */
  readonly revisions: ReadonlyMap<string, number>;
}

/** A stretch of one stream: those behind revision `after`, at most `limit`. */
export interface PlaceRange {
  readonly after: number;
  readonly limit: number;
}

/**
 * What the servers of some logs cannot be asked: which receipt a command left, how far a stream is, where its events lie. A table
 * beside the log, made of nothing but the log, as of a position: it may be dropped and is filled again.
 */
export interface LogIndex extends AsyncDisposable {
  /** Everything in the log up to here is in the index; 0 in an empty one. */
  readonly position: () => Promise<number>;

  /** One snapshot. */
  readonly lookUp: (wanted: Wanted) => Promise<Known>;

  /** One stream's events in revision order, with the index's own position, of one snapshot. */
  readonly places: (stream: string, range: PlaceRange) => Promise<{ readonly position: number; readonly places: readonly Place[] }>;

  /**
   * Takes the page that was read behind `from` in, in one transaction; false, and nothing, where the index no longer stands at
   * `from`: another process was faster.
   */
  readonly extend: (from: number, page: IndexedPage) => Promise<boolean>;

  /** Back to position 0, with nothing in it: the log was replaced by another. Whoever follows the log fills it again. */
  readonly clear: () => Promise<void>;
}
