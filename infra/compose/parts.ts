import type { Application } from "#api/application.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
import type { Signer } from "#commands/ports/signer.ts";
import type { Config, Role } from "#infra/config.ts";
import type { DataFolder, Place } from "#infra/data-folder.ts";
import type { OpenWalks } from "#infra/graph/open-walks.ts";
import type { RoleAtWork } from "#infra/http-application.ts";
import type { Listening } from "#infra/http.ts";
import type { Vault } from "#infra/keys/open-vault.ts";
import type { Logger } from "#infra/log.ts";
import type { DatabaseServer } from "#infra/open-database.ts";
import type { OpenDatabase } from "#infra/postgres/open-database.ts";
import type { Workers } from "#infra/postgres/workers.ts";
import type { Redis } from "#infra/redis/redis.ts";
import type { Followed } from "#infra/redis/tail/open.ts";
import type { Aggregates } from "#infra/use-cases.ts";
import type { Watched } from "#projections/kernel/watch.ts";
import type { Database } from "#projections/ports/sql.ts";
import { type Token, token } from "./container.ts";

/** What tests stand in front of, to see what becomes of everything when the process dies there. */
export interface Adapters {
  readonly log: EventLog;
  readonly signer: Signer;
  /** Of the projections. */
  readonly database: Database;
}

export type Decorate = { readonly [Name in keyof Adapters]?: (adapter: Adapters[Name]) => Adapters[Name] };

export const ids = {
  folder: token<DataFolder>("data folder"),
  place: token<Place>("where embedded servers keep their files"),
  server: token<DatabaseServer>("database server"),
  readers: token<OpenDatabase>("connections of readers"),
  writers: token<OpenDatabase>("connections of projections"),
  database: token<Database>("database of projections"),
  log: token<EventLog>("log"),
  followed: token<Followed>("log of those who serve subscribers"),
  delivered: token<AsyncDisposable | null>("delivery of what comes into the log"),
  webhooks: token<AsyncDisposable>("delivery to webhooks"),
  vault: token<Vault>("vault"),
  signer: token<Signer>("signer"),
  blobs: token<BlobStore>("blobs"),
  aggregates: token<Aggregates>("aggregates"),
  redis: token<Redis | null>("Redis"),
  leases: token<Leases>("leases"),
  owner: token<string>("name among the processes on the same log"),
  readModels: token<Watched>("read models"),
  workers: token<Workers>("workers of all processes"),
  projections: token<AsyncDisposable>("running projections"),
  policies: token<AsyncDisposable>("running policies"),
  background: token<AsyncDisposable>("background"),
  ledger: token<AsyncDisposable>("keeping the ledger"),
  walks: token<OpenWalks>("walks over the graph"),
  replay: token<Application["replay"]>("replay of read models"),
  application: token<Application>("application"),
  listening: token<Listening>("listening"),
};

export const atWork: Readonly<Record<Role, Token<RoleAtWork>>> = {
  api: token<RoleAtWork>("api"),
  projector: token<RoleAtWork>("projector"),
  worker: token<RoleAtWork>("worker"),
  deliverer: token<RoleAtWork>("deliverer"),
};

/** What serves others begins before what is served, and ends after it. */
export const order: readonly Role[] = ["projector", "worker", "deliverer", "api"];

/** What every part of a process is made with. */
export interface Setting {
  readonly config: Config;
  readonly logger: Logger;
  readonly decorate: Decorate;
  readonly failed: (error: unknown) => void;
  /** Aborts when load balancers shall go away. */
  readonly leaving: AbortSignal;
  /** Aborts when the stop begins. */
  readonly closing: AbortSignal;
}
