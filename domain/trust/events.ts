import { z } from "zod";
import { codec } from "#domain/kernel/codec.ts";
import { event } from "#domain/kernel/event.ts";
import { Expires, Key, KeyId, Signature, SignedRoot } from "./signed.ts";
import { Sha256, Target } from "./target.ts";

/** Name of a TUF repository: also a folder of its URL and part of its streams' names. */
export const RepositoryName = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, "must start with a-z and hold a-z 0-9 _ - only, at most 63");

const Seconds = z.int().min(60).max(100 * 366 * 86_400);

/** How a repository divides and renews its metadata. */
export const Settings = z.strictObject({
  /** Number of hash bins: a power of two, 1,024 at most (tuf-js is quadratic in them). */
  bins: z.int().min(2).max(1024).refine((bins) => (bins & (bins - 1)) === 0, "must be a power of two"),
  /** `succinct` (TAP 15) reaches python-tuf, go-tuf, tuf-js; `explicit` (path_hash_prefixes) python-tuf, tuf-js, tough. */
  binForm: z.enum(["succinct", "explicit"]),
  /** Bins are named `<prefix>-<hex>`. */
  binPrefix: z.string().regex(/^[a-z][a-z0-9_]{0,15}$/),
  /** Life of each kind of metadata, in seconds. */
  expires: z.strictObject({ root: Seconds, targets: Seconds, snapshot: Seconds, timestamp: Seconds, bins: Seconds }).readonly(),
}).readonly();
export type Settings = z.infer<typeof Settings>;

/** One new version of one role's metadata; its bytes follow from the log (ADR-0003), these are the check. */
export const IssuedFile = z.strictObject({
  /** `bins-0a`, `targets`, `snapshot`, `timestamp`. */
  role: z.string(),
  version: z.int().min(1),
  expires: Expires,
  /** Bytes of the whole file. */
  length: z.int().min(1),
  sha256: Sha256,
  signatures: z.array(Signature).min(1).readonly(),
}).readonly();
export type IssuedFile = z.infer<typeof IssuedFile>;

const repository = RepositoryName;

/** Stream `trust.repository-<name>`. A repository got its first root: trust begins here. `binKey` signs the bins. */
export const RepositoryEstablished = event("RepositoryEstablished", {
  repository,
  settings: Settings,
  root: SignedRoot,
  binKey: z.strictObject({ keyid: KeyId, key: Key }).readonly(),
});

/**
 * Stream `trust.repository-<name>`. New metadata became the repository's present, all of it at once. It covers the targets
 * stream up to the revision `covers` (-1: nothing yet). `files` are the new versions in the order of TUF §6.3.
 */
export const MetadataPublished = event("MetadataPublished", {
  repository,
  covers: z.int().min(-1),
  files: z.array(IssuedFile).min(1).readonly(),
});

/** Stream `trust.targets-<name>`. Added or replaced; at most 1,000. `task` is the publication that was asked for with it. */
export const TargetsAdded = event("TargetsAdded", {
  repository,
  targets: z.array(Target).min(1).max(1000).readonly(),
  task: z.uuid().nullable(),
});

/** Stream `trust.targets-<name>`. No longer to be found by clients. */
export const TargetsRemoved = event("TargetsRemoved", {
  repository,
  paths: z.array(z.string()).min(1).max(1000).readonly(),
  task: z.uuid().nullable(),
});

export const RepositoryEvent = z.discriminatedUnion("type", [RepositoryEstablished, MetadataPublished]);
export type RepositoryEvent = z.infer<typeof RepositoryEvent>;
export const TargetsEvent = z.discriminatedUnion("type", [TargetsAdded, TargetsRemoved]);
export type TargetsEvent = z.infer<typeof TargetsEvent>;
export const TrustEvent = z.discriminatedUnion("type", [RepositoryEstablished, MetadataPublished, TargetsAdded, TargetsRemoved]);
export type TrustEvent = z.infer<typeof TrustEvent>;

export const repositoryCodec = codec("trust", RepositoryEvent);
export const targetsCodec = codec("trust", TargetsEvent);
export const trustCodec = codec("trust", TrustEvent);

export const repositoryStream = (name: string) => `trust.repository-${name}`;
export const targetsStream = (name: string) => `trust.targets-${name}`;
