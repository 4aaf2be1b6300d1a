import type { Page, Receipt } from "#commands/ports/event-log.ts";

/**
 * What the servers of some logs cannot be asked: which receipt a command left, how far a stream is, where its events lie. A table
 * beside the log, made of nothing but the log, as of a position: it may be dropped and is filled again.
 */
export interface LogIndex extends AsyncDisposable {
  /** Everything in the log up to here is in the index; 0 in an empty one. */
  readonly position: () => Promise<number>;

  /** One snapshot. Commands and streams that it does not know are missing in the answer. */
  readonly lookUp: (wanted: { readonly commandIds: readonly string[]; readonly streams: readonly string[] }) => Promise<{
    readonly position: number;
    /** With `replayed: true`. */
    readonly receipts: ReadonlyMap<string, Receipt>;
    /** The last revision of each stream. */
    readonly revisions: ReadonlyMap<string, number>;
  }>;

  /** Positions of one stream's events in revision order, behind revision `after`, at most `limit`; with the index's own position. */
  readonly places: (
    stream: string,
    range: { readonly after: number; readonly limit: number },
  ) => Promise<{ readonly position: number; readonly places: readonly { readonly revision: number; readonly position: number }[] }>;

  /**
   * Takes the page that was read behind `from` in, in one transaction; false, and nothing, where the index no longer stands at
   * `from`: another process was faster.
   */
  readonly extend: (from: number, page: Pick<Page, "events" | "position">) => Promise<boolean>;
}
