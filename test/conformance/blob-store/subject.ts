import type { BlobStore } from "#commands/ports/blob-store.ts";

/** A blob store under test, empty at first. */
export interface BlobStoreSubject extends AsyncDisposable {
  readonly blobs: BlobStore;
  /** How many things it keeps: whole blobs, halves, temporary ones. */
  readonly count: () => Promise<number>;
}

export type OpenBlobStore = () => Promise<BlobStoreSubject>;
