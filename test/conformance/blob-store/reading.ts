import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Unavailable } from "#domain/kernel/errors.ts";
import { describe, it } from "mocha";
import type { OpenBlobStore } from "./subject.ts";

const nobody = "0".repeat(64);
const hostile = ["../../etc/passwd", "..", "", "/etc/passwd", nobody.slice(1), `${nobody}0`, "A".repeat(64), `${"0".repeat(63)}\u0000`];

/** What every blob store does when it is asked. */
export const readingConformance = (adapter: string, open: OpenBlobStore) =>
  describe(`${adapter} as a BlobStore: reading`, () => {
    it("knows the length of what it has, and null of what it has not", async () => {
      await using subject = await open();
      const { sha256 } = await subject.blobs.put(Readable.from([randomBytes(1234)]), 10_000);
      assert.equal(await subject.blobs.length(sha256), 1234);
      assert.equal(await subject.blobs.length(nobody), null);
    });

    it("gives ranges, both ends included, across its own pieces", async () => {
      await using subject = await open();
      const bytes = randomBytes(1_000_000);
      const { sha256 } = await subject.blobs.put(Readable.from([bytes]), bytes.length);
      for (const [start, end] of [[0, 0], [0, 999_999], [262_143, 262_144], [999_999, 999_999], [300_000, 900_000]] as const)
        assert.deepEqual(await buffer(subject.blobs.open(sha256, { start, end })), bytes.subarray(start, end + 1));
    });

    it("fails as unavailable where the blob is not there", async () => {
      await using subject = await open();
      await assert.rejects(buffer(subject.blobs.open(nobody)), (error) => error instanceof Unavailable && error.what === "blobs");
    });

    for (const name of hostile)
      it(`refuses ${JSON.stringify(name.slice(0, 20))} as the name of a blob`, async () => {
        await using subject = await open();
        assert.equal(await subject.blobs.length(name), null);
        await assert.rejects(buffer(subject.blobs.open(name)), /is no SHA-256/);
      });

    it("lets a reader leave half-way, a thousand times", async () => {
      await using subject = await open();
      const { sha256 } = await subject.blobs.put(Readable.from([randomBytes(600_000)]), 600_000);
      for (let round = 0; round < 1000; round++) {
        const stream = subject.blobs.open(sha256);
        await once(stream, "readable");
        stream.destroy();
        await once(stream, "close");
      }
      assert.equal((await buffer(subject.blobs.open(sha256))).length, 600_000);
    });
  });
