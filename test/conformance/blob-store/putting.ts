import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { describe, it } from "mocha";
import type { OpenBlobStore } from "./subject.ts";

const MiB = 1024 * 1024;
const memory = (): number => process.memoryUsage().rss;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function* brokenOff(): AsyncGenerator<Uint8Array> {
  yield randomBytes(100_000);
  throw new Error("the source broke off");
}

/** Fresh bytes each time, so that a store that keeps them is seen to grow. */
async function* mebibytes(count: number, watch: () => void): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) {
    watch();
    yield Buffer.alloc(MiB, index % 251);
  }
}

/** What every blob store does with what is put into it. */
export const puttingConformance = (adapter: string, open: OpenBlobStore) =>
  describe(`${adapter} as a BlobStore: putting`, () => {
    for (const size of [0, 1, 65_536, 3 * MiB + 7])
      it(`answers with the digest and the length of ${size} bytes, and keeps them`, async () => {
        await using subject = await open();
        const bytes = randomBytes(size);
        const blob = await subject.blobs.put(Readable.from([bytes]), size);
        assert.deepEqual(blob, { sha256: sha256(bytes), length: size });
        assert.deepEqual(await buffer(subject.blobs.open(blob.sha256)), bytes);
      });

    it("refuses what goes over the limit, and keeps nothing of it", async () => {
      await using subject = await open();
      const before = await subject.count();
      const error = await subject.blobs.put(Readable.from([randomBytes(70_000), randomBytes(70_000)]), 139_999).catch((error: unknown) => error);
      assert.ok(error instanceof InvalidInput);
      assert.equal(error.code, "BLOB_TOO_LARGE");
      assert.equal(await subject.count(), before);
    });

    it("keeps nothing of a source that breaks off, and says why it did", async () => {
      await using subject = await open();
      const before = await subject.count();
      await assert.rejects(subject.blobs.put(brokenOff(), MiB), /the source broke off/);
      assert.equal(await subject.count(), before);
    });

    it("keeps nothing of a stream that is destroyed half-way", async () => {
      await using subject = await open();
      const before = await subject.count();
      const source = new Readable({ read: () => {} });
      source.push(randomBytes(100_000));
      const put = subject.blobs.put(source, MiB);
      setTimeout(() => source.destroy(), 20);
      await assert.rejects(put, /Premature close/);
      assert.equal(await subject.count(), before);
    });

    it("keeps the same content once, however often and however much at once it comes", async () => {
      await using subject = await open();
      const bytes = randomBytes(300_000);
      const before = await subject.count();
      const blobs = await Promise.all(Array.from({ length: 12 }, () => subject.blobs.put(Readable.from([bytes]), MiB)));
      assert.deepEqual(new Set(blobs.map((blob) => blob.sha256)), new Set([sha256(bytes)]));
      assert.equal(await subject.count(), before + 1);
      assert.deepEqual(await buffer(subject.blobs.open(sha256(bytes))), bytes);
    });

    it("goes on giving the old bytes to a reader while the same content comes again", async () => {
      await using subject = await open();
      const bytes = randomBytes(2 * MiB);
      await subject.blobs.put(Readable.from([bytes]), 2 * MiB);
      const reading = buffer(subject.blobs.open(sha256(bytes)));
      await subject.blobs.put(Readable.from([bytes]), 2 * MiB);
      assert.deepEqual(await reading, bytes);
    });

    it("holds a bounded part of 200 MiB in memory", async () => {
      await using subject = await open();
      const before = memory();
      let most = 0;
      const blob = await subject.blobs.put(mebibytes(200, () => (most = Math.max(most, memory() - before))), 200 * MiB);
      assert.equal(blob.length, 200 * MiB);
      assert.ok(most < 100 * MiB, `grew by ${Math.round(most / MiB)} MiB`);
    });
  });
