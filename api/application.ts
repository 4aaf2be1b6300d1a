import type { Denial } from "#commands/access/record-denials.ts";
import type { Commands } from "#commands/commands.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Ledger } from "#domain/audit/ledger.ts";
import type { Refusal } from "#domain/kernel/decider.ts";
import type { Names } from "#projections/graph/names.ts";
import type { PagedWalks } from "#projections/graph/walks.ts";
import type { Sql } from "#projections/ports/sql.ts";
import type { ReplayAsked, ReplayTold } from "#projections/kernel/replay/replay.ts";
import type { TaskRow } from "#projections/tasks/queries.ts";
import type { Authenticate } from "./access/principal.ts";
import type { Rates } from "./access/rates.ts";

/** What a read shows, and whether that is less than was asked for. */
export interface Shown {
  /** Everything up to here is in the answer. */
  readonly position: number;
  /** The position that was asked for was not reached in time. */
  readonly stale: boolean;
}

/** How far the read models of this installation are. */
export interface Progress {
  /** Waits until the projection is at `position`, at most `timeoutMs`. */
  readonly reached: (projection: string, position: number, timeoutMs: number) => Promise<Shown>;
  /** The last known position, without waiting or asking. */
  readonly position: (projection: string) => number;
}

/** Tasks as of a position of the log, where they are at hand more cheaply than in the read model. */
export interface HotTasks {
  /** Null where the task is not there, or nobody can say. */
  readonly find: (id: string) => Promise<{ readonly row: TaskRow; readonly position: number } | null>;
}

export interface ProjectionView {
  readonly name: string;
  readonly generation: number;
  readonly position: number;
  /** Positions behind the log's head. */
  readonly lag: number;
  /** `running`, `stopped`, `rebuilding` … */
  readonly state: string;
  readonly error: string | null;
  /** The event that stopped it. */
  readonly failedPosition: number | null;
  /** `error`: what stopped it, until another rebuild is asked for. */
  readonly rebuilding: { readonly generation: number; readonly position: number; readonly error: string | null } | null;
}

export interface WorkerView {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  /** ISO 8601. */
  readonly lastSeen: string;
}

export interface StatusView {
  readonly version: string;
  /** What the process that answers does without for now, more slowly, and why. */
  readonly degraded: readonly string[];
  readonly log: { readonly engine: string; readonly head: number };
  readonly projections: readonly ProjectionView[];
  readonly workers: readonly WorkerView[];
}

/** A bug that a client met: it sees the id only, the operators find the rest under it. */
export interface Defect {
  readonly id: string;
  /** Where it came up: a field's path, a URL. */
  readonly where: string;
  readonly error: unknown;
}

/** Bounds of one request. */
export interface Limits {
  /** Levels of fields. */
  readonly depth: number;
  /** What an answer may hold, in objects; see docs/adr/0006-graphql.md. */
  readonly cost: number;
  readonly aliases: number;
  /** Fields, fragments and directives in a document's text. */
  readonly selections: number;
  readonly tokens: number;
  readonly bodyBytes: number;
  /** How long a read waits for the position that it was asked for. */
  readonly waitMs: number;
  /** Characters of documents that are kept parsed. */
  readonly documentCharacters: number;
}

export const defaultLimits: Limits = {
  depth: 12,
  cost: 10_000,
  aliases: 50,
  selections: 500,
  tokens: 20_000,
  bodyBytes: 4_000_000,
  waitMs: 2000,
  documentCharacters: 2_000_000,
};

export interface PersistedDocuments {
  /** Documents that are known from the start, by their text. */
  readonly registered: readonly string[];
  /** Allow-list mode: nothing but the registered ones is carried out. */
  readonly only: boolean;
}

/** Everything that an edge serves; the composition root makes it. */
export interface Application {
  readonly commands: Commands;
  readonly sql: Sql;
  /** Over the artifact graph. */
  readonly walks: PagedWalks;
  /** Of its nodes. */
  readonly names: Names;
  readonly log: EventLog;
  readonly progress: Progress;
  /** Name and key of the ledger; null before the first start of a worker. */
  readonly ledger: () => Promise<Ledger | null>;
  readonly hotTasks?: HotTasks | undefined;
  readonly status: () => Promise<StatusView>;
  /** Begins to fill a new generation beside the live one; `status` shows how far it is. */
  readonly rebuild: (projection: string) => Promise<{ readonly generation: number } | Refusal<"PROJECTION_NOT_FOUND" | "REBUILD_RUNNING">>;
  /** Rebuilds read models beside the live ones and tells how they compare; what it made is gone afterwards. */
  readonly replay: (asked: ReplayAsked, tell: (told: ReplayTold) => Promise<void>, signal: AbortSignal) => Promise<void>;
  /** Names of all read models. */
  readonly readModels: readonly string[];
  readonly authenticate: Authenticate;
  readonly rates?: Rates | undefined;
  /** Told of each refusal for want of a token or its scope; returns at once. */
  readonly denied?: ((denial: Denial) => void) | undefined;
  /** Aborts when the process is about to end: what would go on for ever ends then. */
  readonly closing: AbortSignal;
  readonly limits: Limits;
  readonly persisted: PersistedDocuments;
  /** Logs it, once, with its stack. */
  readonly report: (defect: Defect) => void;
}
