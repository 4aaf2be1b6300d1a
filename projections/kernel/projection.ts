import { readFileSync } from "node:fs";
import type { Codec } from "#domain/kernel/codec.ts";
import type { AnyEvent, Recorded, StoredEvent } from "#domain/kernel/event.ts";
import type { WritableSql } from "#projections/ports/sql.ts";
import type { Appends } from "./appends.ts";

/**
 * A read model: its tables, and how events change them. It lives in a PostgreSQL schema of its own name, so that queries
 * say `tuf.targets`; its own statements leave the schema out, because a rebuild runs them in another one (ADR-0005).
 */
export interface Projection<In = unknown> {
  /** Lower-case word: the schema's name. */
  readonly name: string;
  /** Raise it when the tables or the meaning change: the next start rebuilds beside the live one, then switches. */
  readonly generation: number;
  /** Statements that make the tables, with the keys and indexes that `apply` goes by. */
  readonly tables: string;
  /**
   * Statements that make the indexes which only readers go by, where they are not there: tables that nobody reads yet are filled
   * without them. A line ends with each.
   */
  readonly indexes?: string;
  /** Where it does no more than to give a table its rows: a replay then knows their digest without a table. */
  readonly appends?: Appends<In>;
  /** Wire types it wants; all where absent. */
  readonly types?: readonly string[];
  decode(stored: StoredEvent): In;
  /**
   * Folds a batch, in log order, into few set-based statements. Runs in the transaction that moves the checkpoint: each event
   * is applied once. Reads and writes nothing but its own tables.
   */
  apply(batch: readonly In[], sql: WritableSql): Promise<void>;
}

/** What a projection of one context's events takes from its codec. */
export const eventsOf = <Event extends AnyEvent>(codec: Codec<Event>): Pick<Projection<Recorded<Event>>, "types" | "decode"> => ({
  types: codec.types,
  decode: codec.decode,
});

/** The text of the `.sql` file beside a projection: `sqlBeside(import.meta.url, "tuf.sql")`. */
export const sqlBeside = (module: string, file: string): string => readFileSync(new URL(file, module), "utf8");
