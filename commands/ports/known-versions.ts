/** The graph as advisories need it: as of the end of the log at the time of the question. Throws `Unavailable` while it is behind. */
export interface KnownVersions {
  /** Keys of the versions that there are of these packages, by package. */
  of(packages: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Keys of what the source says that the vulnerability affects. */
  affectedBy(vulnerability: string, source: string): Promise<readonly string[]>;
}
