import { z } from "zod";
import { codec, type Upcaster } from "#domain/kernel/codec.ts";
import { event } from "#domain/kernel/event.ts";
import { kinds, linkTypes } from "./kinds.ts";
import { maxKey } from "./keys.ts";

/** Natural key of a package version: a purl without control characters or blanks. */
export const Purl = z.string().max(512).regex(/^pkg:[a-z][a-z0-9.+-]*\/[\x21-\x7e]+$/, "must be a package URL (pkg:type/name@version)");

/**
 * One declared dependency as its ecosystem writes it: `{ relation: "Depends", requirement: "libc6 (>= 2.36)" }`, and the version
 * that a lock has chosen for it.
 */
export const Dependency = z.strictObject({
  relation: z.string().min(1).max(64),
  requirement: z.string().min(1).max(4096),
  resolved: Purl.optional(),
}).readonly();
export type Dependency = z.infer<typeof Dependency>;

export const PackageVersion = z.strictObject({
  key: Purl,
  dependencies: z.array(Dependency).max(5000).readonly(),
  /** Content of the artifact where it is known: `sha256:…` or an SRI string (`sha512-…`). */
  integrity: z.string().max(256).optional(),
}).readonly();
export type PackageVersion = z.infer<typeof PackageVersion>;

/** Purl type: `deb`, `npm`; one stream each, `graph.versions-<ecosystem>`. */
export const Ecosystem = z.string().regex(/^[a-z][a-z0-9.+-]{0,31}$/, "must be a purl type");

/** Stream `graph.versions-<ecosystem>`. Package versions and what they declare to depend on, seen for the first time or seen changed; at most 1,000. */
export const VersionsRecorded = event("VersionsRecorded", {
  ecosystem: Ecosystem,
  /** Where this was read: a file name, a URL. */
  source: z.string().min(1).max(1024),
  versions: z.array(PackageVersion).min(1).max(1000).readonly(),
});

export const VersionsEvent = z.discriminatedUnion("type", [VersionsRecorded]);
export type VersionsEvent = z.infer<typeof VersionsEvent>;

const recordedKey = z.string().min(1).max(maxKey);
const recordedSource = z.string().min(1).max(128);

export const Value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]);
export type Value = z.infer<typeof Value>;

/** What a source says of a node or a link, by name. */
export const Attributes = z.record(z.string(), Value);
export type Attributes = z.infer<typeof Attributes>;

/** A node as a source knows it; `kind` is the key's own, or what an artifact turned out to be. */
export const NodeClaim = z.strictObject({ key: recordedKey, kind: z.enum(kinds), attributes: Attributes }).readonly();
export type NodeClaim = z.infer<typeof NodeClaim>;

/** What tells one link from another. */
export const LinkKey = z.strictObject({ type: z.enum(linkTypes), from: recordedKey, to: recordedKey }).readonly();
export type LinkKey = z.infer<typeof LinkKey>;

export const LinkClaim = LinkKey.unwrap().extend({ attributes: Attributes }).readonly();
export type LinkClaim = z.infer<typeof LinkClaim>;

/** Stream `graph.source-<source>`. A source knows these nodes, and of each exactly these attributes: those that it named before and does not name now are gone; at most 1,000. */
export const NodesRecorded = event("NodesRecorded", { source: recordedSource, nodes: z.array(NodeClaim).min(1).max(1000).readonly() });

/** Stream `graph.source-<source>`. A source knows these links, and of each exactly these attributes; an end that nobody knew becomes a node; at most 1,000. */
export const LinksRecorded = event("LinksRecorded", { source: recordedSource, links: z.array(LinkClaim).min(1).max(1000).readonly() });

/** Stream `graph.source-<source>`. A source no longer knows these nodes. They are there as long as another source knows them, or a link ends at them; at most 1,000. */
export const NodesWithdrawn = event("NodesWithdrawn", { source: recordedSource, keys: z.array(recordedKey).min(1).max(1000).readonly() });

/** Stream `graph.source-<source>`. A source no longer knows these links; at most 1,000. */
export const LinksWithdrawn = event("LinksWithdrawn", { source: recordedSource, links: z.array(LinkKey).min(1).max(1000).readonly() });

/** Stream `graph.deployments-<environment>`. A service of an environment now runs this artifact, instead of any before. */
export const Deployed = event("Deployed", { environment: z.string(), service: z.string(), artifact: recordedKey, source: recordedSource });

/** Stream `graph.deployments-<environment>`. A service no longer runs there. */
export const Undeployed = event("Undeployed", { environment: z.string(), service: z.string() });

export const SourceEvent = z.discriminatedUnion("type", [NodesRecorded, LinksRecorded, NodesWithdrawn, LinksWithdrawn]);
export type SourceEvent = z.infer<typeof SourceEvent>;
export const DeploymentEvent = z.discriminatedUnion("type", [Deployed, Undeployed]);
export type DeploymentEvent = z.infer<typeof DeploymentEvent>;
export const GraphEvent = z.discriminatedUnion("type", [
  VersionsRecorded,
  NodesRecorded,
  LinksRecorded,
  NodesWithdrawn,
  LinksWithdrawn,
  Deployed,
  Undeployed,
]);
export type GraphEvent = z.infer<typeof GraphEvent>;

/** A dependency of the second shape may name the version that was chosen; those of the first name none. */
const upcasters: readonly Upcaster[] = [{ from: "graph.VersionsRecorded.v1", lift: (data) => data }];

export const versionsCodec = codec("graph", VersionsEvent, upcasters);
export const sourceCodec = codec("graph", SourceEvent);
export const deploymentCodec = codec("graph", DeploymentEvent);
export const graphCodec = codec("graph", GraphEvent, upcasters);

export const versionsStream = (ecosystem: string) => `graph.versions-${ecosystem}`;
export const sourceStream = (source: string) => `graph.source-${source}`;
export const deploymentsStream = (environment: string) => `graph.deployments-${environment}`;
