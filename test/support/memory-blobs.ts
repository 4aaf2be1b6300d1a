import { hash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { KnownVersions } from "#commands/ports/known-versions.ts";

/** Blobs that are gone with the test. */
export const memoryBlobs = (): BlobStore => {
  const blobs = new Map<string, Buffer>();
  return {
    put: async (source) => {
      const bytes = await buffer(source);
      const sha256 = hash("sha256", bytes);
      blobs.set(sha256, bytes);
      return { sha256, length: bytes.length };
    },
    length: async (sha256) => blobs.get(sha256)?.length ?? null,
    open: (sha256, { start, end } = { start: 0, end: Number.MAX_SAFE_INTEGER }) => Readable.from([blobs.get(sha256)?.subarray(start, end + 1) ?? Buffer.alloc(0)]),
  };
};

/** A graph without anything in it. */
export const nothingKnown: KnownVersions = { of: async () => new Map(), affectedBy: async () => [] };
