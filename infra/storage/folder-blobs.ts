import { createHash } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import type { Blob, BlobStore } from "#commands/ports/blob-store.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { Sha256 } from "#domain/trust/target.ts";
import { isMissing, onDisk } from "./disk.ts";
import { incomingFolder, incomingPath, sweepIncoming } from "./incoming.ts";

/** Large enough that a download is few turns of the event loop, small enough for a thousand of them at once. */
const readBytes = 256 * 1024;

/** Blobs as files `ab/cd/<sha256>` of one folder, which any number of processes may share. */
export const openFolderBlobs = async (folder: string, { shared = false } = {}): Promise<BlobStore> => {
  // Until they are published, uploaded files are nobody else's business.
  await onDisk(mkdir(folder, { recursive: true, mode: 0o700 }));
  await onDisk(mkdir(incomingFolder(folder), { recursive: true }));
  await onDisk(sweepIncoming(folder, shared));
  const place = placement(folder);

  const put: BlobStore["put"] = async (source, limit) => {
    const temporary = incomingPath(folder);
    try {
      const blob = await receive(source, limit, temporary);
      await onDisk(place(temporary, blob.sha256));
      return blob;
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  };

  const length: BlobStore["length"] = async (sha256) => {
    if (!isSha256(sha256)) return null;
    const file = await onDisk(stat(pathOf(folder, sha256)).catch(absent));
    return file && file.size;
  };

  const read: BlobStore["open"] = (sha256, range) =>
    Readable.from(chunks(folder, sha256, range), { objectMode: false, highWaterMark: readBytes });

  return { put, length, open: read };
};

type Range = NonNullable<Parameters<BlobStore["open"]>[1]>;

const isSha256 = (text: string): boolean => Sha256.safeParse(text).success;

const pathOf = (folder: string, sha256: string): string => join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256);

const absent = (error: unknown): null => {
  if (isMissing(error)) return null;
  throw error;
};

/** Everything of the source, into a file that survives a power cut once it has its name. */
const receive = async (source: AsyncIterable<unknown>, limit: number, path: string): Promise<Blob> => {
  const file = await onDisk(open(path, "wx", 0o400));
  try {
    const blob = await copy(source, limit, file);
    await onDisk(file.sync());
    return blob;
  } finally {
    await onDisk(file.close());
  }
};

const copy = async (source: AsyncIterable<unknown>, limit: number, file: FileHandle): Promise<Blob> => {
  const hash = createHash("sha256");
  let length = 0;
  for await (const chunk of source) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("a blob's source must give bytes");
    length += chunk.length;
    if (length > limit) throw new InvalidInput([{ path: [], message: `has more than ${limit} bytes` }], "BLOB_TOO_LARGE");
    hash.update(chunk);
    for (let written = 0; written < chunk.length; ) written += (await onDisk(file.write(chunk, written))).bytesWritten;
  }
  return { sha256: hash.digest("hex"), length };
};

/**
 * Gives a finished file its name. The same content again replaces equal bytes by equal bytes, atomically. A file is durable when its
 * folder is, and a folder when its parent is; those known to be so are not written out again.
 */
const placement = (folder: string) => {
  const durable = new Set<string>();
  return async (temporary: string, sha256: string): Promise<void> => {
    const path = pathOf(folder, sha256);
    const leaf = dirname(path);
    if (!durable.has(leaf)) await mkdir(leaf, { recursive: true });
    await rename(temporary, path);
    await syncFolder(leaf);
    if (durable.has(leaf)) return;
    await syncFolder(dirname(leaf));
    await syncFolder(folder);
    durable.add(leaf);
  };
};

const syncFolder = async (path: string): Promise<void> => {
  await using folder = await open(path, "r");
  await folder.sync();
};

async function* chunks(folder: string, sha256: string, range?: Range): AsyncGenerator<Buffer> {
  if (!isSha256(sha256)) throw new Error(`${JSON.stringify(sha256)} is no SHA-256`);
  await using file = await onDisk(open(pathOf(folder, sha256), "r"));
  const end = range ? range.end + 1 : Infinity;
  for (let position = range?.start ?? 0; position < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, end - position));
    const { bytesRead } = await onDisk(file.read(buffer, 0, buffer.length, position));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
