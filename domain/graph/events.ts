import { z } from "zod";
import { codec } from "#domain/kernel/codec.ts";
import { event } from "#domain/kernel/event.ts";

/** Natural key of a package version: a purl without control characters or blanks. */
export const Purl = z.string().max(512).regex(/^pkg:[a-z][a-z0-9.+-]*\/[\x21-\x7e]+$/, "must be a package URL (pkg:type/name@version)");

/** One declared dependency as its ecosystem writes it: `{ relation: "Depends", requirement: "libc6 (>= 2.36)" }`. */
export const Dependency = z.strictObject({ relation: z.string().min(1).max(64), requirement: z.string().min(1).max(4096) }).readonly();
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

export const versionsCodec = codec("graph", VersionsEvent);
export const versionsStream = (ecosystem: string) => `graph.versions-${ecosystem}`;
