import type { EventLog } from "#commands/ports/event-log.ts";
import type { Caller } from "#bench/log/load.ts";

/** One engine of the log, on a server that flushes to the disk before it acknowledges. */
export interface BenchEngine {
  readonly name: string;
  /** What it should reach, as its row says. */
  readonly goals?: { readonly [figure in "32" | "256"]?: string };
  /** Anew, for one run; a sentence where this machine lacks the server. `database` is an empty PostgreSQL database. */
  readonly open: (database: string) => Promise<Candidate | string>;
}

export interface Candidate extends AsyncDisposable {
  readonly log: EventLog;
  readonly raw: RawClient;
}

/** What one would write without an event log, over the client of the same server. */
export interface RawClient {
  readonly name: string;
  readonly callers: (count: number) => readonly Caller[];
}
