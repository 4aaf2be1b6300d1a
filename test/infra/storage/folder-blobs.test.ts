import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, it } from "mocha";
import { Unavailable } from "#domain/kernel/errors.ts";
import { openFolderBlobs } from "#infra/storage/folder-blobs.ts";
import { puttingConformance } from "#test/conformance/blob-store/putting.ts";
import { readingConformance } from "#test/conformance/blob-store/reading.ts";

const files = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

const temporaryFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), "waybill blobs "));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
};

const open = async () => {
  const { folder, [Symbol.asyncDispose]: dispose } = await temporaryFolder();
  return { blobs: await openFolderBlobs(folder), count: async () => (await files(folder)).length, [Symbol.asyncDispose]: dispose };
};

puttingConformance("a folder", open);
readingConformance("a folder", open);

const leftover = async (folder: string, owner: string): Promise<string> => {
  const path = join(folder, "incoming", `${owner}@some-run@${Math.random()}`);
  await writeFile(path, "half");
  return path;
};

describe("a folder as a BlobStore", () => {
  it("shows its files to nobody else", async () => {
    await using place = await temporaryFolder();
    const folder = join(place.folder, "blobs");
    await (await openFolderBlobs(folder)).put(Readable.from([Buffer.from("a")]), 1);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    for (const file of await files(folder)) assert.equal((await stat(file)).mode & 0o777, 0o400);
  });

  it("keeps a blob as ab/cd/<sha256>, read-only", async () => {
    await using place = await temporaryFolder();
    const { sha256 } = await (await openFolderBlobs(place.folder)).put(Readable.from([Buffer.from("a")]), 1);
    assert.deepEqual(await files(place.folder), [join(place.folder, "ca", "97", sha256)]);
  });

  it("clears away at start what a killed process left, and nothing that another may still be writing", async () => {
    await using place = await temporaryFolder();
    await openFolderBlobs(place.folder);
    const gone = spawnSync(process.execPath, ["--version"]).pid;
    const here = encodeURIComponent(hostname());
    const old = await leftover(place.folder, "elsewhere@1");
    await utimes(old, new Date(0), new Date(0));
    await leftover(place.folder, `${here}@${gone}`);
    await leftover(place.folder, `${here}@${process.pid}`);
    const kept = [await leftover(place.folder, "elsewhere@2"), await leftover(place.folder, `${here}@${process.ppid}`)];
    await openFolderBlobs(place.folder);
    assert.deepEqual((await files(place.folder)).toSorted(), kept.toSorted());
  });

  it("goes by age alone in a folder that several share: a process of another container is not seen from here", async () => {
    await using place = await temporaryFolder();
    await openFolderBlobs(place.folder, { shared: true });
    const here = encodeURIComponent(hostname());
    const old = await leftover(place.folder, `${here}@1`);
    await utimes(old, new Date(0), new Date(0));
    const kept = [await leftover(place.folder, `${here}@999999999`), await leftover(place.folder, `${here}@${process.pid}`)];
    await openFolderBlobs(place.folder, { shared: true });
    assert.deepEqual((await files(place.folder)).toSorted(), kept.toSorted());
  });

  it("has nothing left of an upload that kill -9 ended, once it is opened again", async () => {
    await using place = await temporaryFolder();
    const script = `
      import { openFolderBlobs } from ${JSON.stringify(import.meta.resolve("#infra/storage/folder-blobs.ts"))};
      const blobs = await openFolderBlobs(${JSON.stringify(place.folder)});
      await blobs.put((async function* () {
        yield Buffer.alloc(100_000);
        setImmediate(() => process.kill(process.pid, "SIGKILL"));
        await new Promise(() => setInterval(() => {}, 1000));
      })(), 1_000_000);`;
    const ended = spawnSync(process.execPath, ["--input-type=module", "--eval", script]);
    assert.equal(ended.signal, "SIGKILL");
    assert.equal((await files(place.folder)).length, 1);
    await openFolderBlobs(place.folder);
    assert.deepEqual(await files(place.folder), []);
  });

  it("is unavailable, not broken, when the disk refuses", async () => {
    await using place = await temporaryFolder();
    const blobs = await openFolderBlobs(place.folder);
    await rm(join(place.folder, "incoming"), { recursive: true });
    await assert.rejects(blobs.put(Readable.from([Buffer.from("a")]), 1), (error) => error instanceof Unavailable && error.what === "blobs");
  });

  it("is unavailable when the folder cannot be made", async () => {
    await using place = await temporaryFolder();
    await writeFile(join(place.folder, "file"), "");
    await assert.rejects(openFolderBlobs(join(place.folder, "file", "blobs")), Unavailable);
  });
});
