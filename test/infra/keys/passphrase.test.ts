import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passphraseOf } from "#infra/keys/passphrase.ts";

describe("passphrase of the key vault", () => {
  let folder = "";
  let file = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "waybill-passphrase-"));
    file = join(folder, "passphrase");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is the configured one where there is one, and no file is made", async () => {
    assert.equal(await passphraseOf({ configured: "mine", file }), "mine");
    assert.deepEqual(await readdir(folder), []);
  });

  it("is made once, at random, in a file that only its owner may read", async () => {
    const first = await passphraseOf({ file });
    assert.equal(first.length, 43);
    assert.equal(await passphraseOf({ file }), first);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ["passphrase"]);
  });

  it("is the same for two processes that start at once", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => passphraseOf({ file })));
    assert.equal(new Set(all).size, 1);
  });

  it("is not taken from an empty file", async () => {
    await writeFile(file, "\n");
    await assert.rejects(passphraseOf({ file }), /is empty/);
  });
});
