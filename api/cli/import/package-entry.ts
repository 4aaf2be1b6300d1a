import type { PackageVersion } from "#domain/graph/events.ts";

/** One file that an index promises. */
export interface IndexedTarget {
  readonly path: string;
  readonly length: number;
  readonly sha256: string;
}

/** What one entry of an index says: of a file (where its size and SHA-256 are known), and of a package version. */
export interface PackageEntry {
  readonly target: IndexedTarget | null;
  readonly version: PackageVersion;
}
