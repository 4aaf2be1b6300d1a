import type { Readable } from "node:stream";

export interface Blob {
  /** Lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly length: number;
}

/** Content-addressed bytes: uploaded files, later logs and archives. Throws `Unavailable` when it cannot read or write. */
export interface BlobStore {
  /**
   * Streams everything in, never held in memory whole; the same content again changes nothing. Resolves when the blob survives
   * a power cut; a source that breaks off leaves nothing behind. Throws `InvalidInput` (code `BLOB_TOO_LARGE`) over `limit` bytes.
   */
  put(source: Readable | AsyncIterable<Uint8Array>, limit: number): Promise<Blob>;
  /** Length in bytes; null where there is no such blob. */
  length(sha256: string): Promise<number | null>;
  /** The bytes from `start` to `end`, both inclusive; all where absent. */
  open(sha256: string, range?: { readonly start: number; readonly end: number }): Readable;
}
