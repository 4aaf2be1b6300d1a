import type { TargetEntries } from "#domain/trust/metadata.ts";

/** What a publication has to cover. */
export interface Pending {
  /** Last revision of the targets stream; -1 where it is empty. */
  readonly revision: number;
  /** Indexes of the bins whose content differs between `covers` and `revision`. */
  readonly bins: readonly number[];
}

/** The present targets of a repository, for its publisher. Throws `Unavailable` while they cannot be had. */
export interface PendingTargets {
  /** Changes behind revision `covers`, seen when everything up to log position `position` is in. */
  since(repository: string, covers: number, position: number): Promise<Pending>;
  /** Everything that is in these bins as of that revision. */
  inBins(repository: string, bins: readonly number[], revision: number): Promise<ReadonlyMap<number, TargetEntries>>;
}
