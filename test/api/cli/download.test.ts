import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FakeServer } from "./support/fake-server.ts";
import { TufRepository } from "./support/tuf-repository.ts";
import { temporaryFolder, waybill } from "./support/waybill.ts";

const setUp = async () => {
  const repository = new TufRepository("demo");
  repository.publish({ "dir/a.txt": "alpha" });
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  // No token is known to this server: whatever sends one, or needs one, fails.
  const server = stack.use(await FakeServer.start({ files: repository.files, token: "none" }));
  const download = (...args: readonly string[]) =>
    waybill(["download", "demo", ...args], {
      cwd: folder.path,
      env: { WAYBILL_URL: server.url, XDG_DATA_HOME: join(folder.path, "share") },
    });
  const kept = stack.move();
  return { repository, folder: folder.path, download, [Symbol.asyncDispose]: () => kept.disposeAsync() };
};

describe("waybill download", () => {
  it("verifies a target from the first root on and says by which metadata", async () => {
    await using it = await setUp();
    const { code, stdout, stderr } = await it.download("dir/a.txt", "-o", "out");
    assert.match(
      stdout,
      /^verified dir\/a\.txt \(5 bytes\) in out\nsha256 {4}8ed3f6ad.*\nmetadata {2}root v1, timestamp v1, snapshot v1, targets v1\n$/,
    );
    assert.match(stderr, /^first use: its root is trusted from now on, in .*share\/waybill\/trust/);
    assert.equal(code, 0);
    assert.equal(await readFile(join(it.folder, "out"), "utf8"), "alpha");
    it.repository.publish({ "dir/a.txt": "alpha 2" });
    const again = await it.download("dir/a.txt", "-o", "out");
    assert.deepEqual([again.code, again.stderr], [0, ""]);
    assert.equal(await readFile(join(it.folder, "out"), "utf8"), "alpha 2");
  });

  it("writes into folders, to standard output, and one document with --json", async () => {
    await using it = await setUp();
    await mkdir(join(it.folder, "into"));
    const document = await it.download("dir/a.txt", "-o", "into", "--json");
    assert.partialDeepStrictEqual(JSON.parse(document.stdout), { path: "dir/a.txt", file: "into/a.txt", length: 5, firstUse: true });
    assert.equal(document.stderr, "");
    const piped = await it.download("dir/a.txt", "-o", "-");
    assert.equal(piped.stdout, "alpha");
    assert.match(piped.stderr, /^verified dir\/a\.txt/);
    assert.equal((await it.download("dir/a.txt")).code, 0);
    assert.deepEqual([(await it.download("dir/a.txt")).code, (await readdir(it.folder)).toSorted()], [2, ["a.txt", "into", "share"]]);
  });

  it("refuses a rollback with 6 and keeps what it had", async () => {
    await using it = await setUp();
    it.repository.publish({ "dir/a.txt": "new" }, { version: 5 });
    assert.equal((await it.download("dir/a.txt", "-o", "out")).code, 0);
    it.repository.publish({ "dir/a.txt": "old" }, { version: 4 });
    const run = await it.download("dir/a.txt", "-o", "out");
    assert.deepEqual([run.code, run.stdout], [6, ""]);
    assert.match(
      run.stderr,
      /^waybill: NOT VERIFIED, nothing was written: New timestamp version 4 is less than current version 5\n.*a rollback; .* rm -r '/,
    );
    assert.equal(await readFile(join(it.folder, "out"), "utf8"), "new");
    it.repository.publish({ "dir/a.txt": "newer" }, { version: 6 });
    assert.equal((await it.download("dir/a.txt", "-o", "out")).code, 0);
  });

  it("refuses other bytes than were signed, other keys, and metadata that is too old", async () => {
    await using it = await setUp();
    it.repository.tamper("dir/a.txt", "alpha", "ALPHA");
    const tampered = await it.download("dir/a.txt", "-o", "out");
    assert.equal(tampered.code, 6);
    assert.match(tampered.stderr, /NOT VERIFIED/);
    const stranger = new TufRepository("demo");
    stranger.publish({ "dir/a.txt": "alpha" }, { version: 2 });
    for (const [file, bytes] of stranger.files) if (!file.endsWith("1.root.json")) it.repository.files.set(file, bytes);
    assert.equal((await it.download("dir/a.txt", "-o", "out")).code, 6);
    it.repository.publish({ "dir/a.txt": "alpha" }, { version: 3, expires: "2020-01-01T00:00:00Z" });
    const expired = await it.download("dir/a.txt", "-o", "out");
    assert.deepEqual([expired.code, /expired/.test(expired.stderr)], [6, true]);
    assert.deepEqual(await readdir(it.folder), ["share"]);
  });

  it("trusts a root that it is given, and no other", async () => {
    await using it = await setUp();
    const other = new TufRepository("demo");
    await writeFile(join(it.folder, "other.json"), other.files.get("/tuf/demo/metadata/1.root.json") ?? "");
    await writeFile(join(it.folder, "right.json"), it.repository.files.get("/tuf/demo/metadata/1.root.json") ?? "");
    assert.equal((await it.download("dir/a.txt", "-o", "out", "--root", "other.json")).code, 6);
    const pinned = await it.download("dir/a.txt", "-o", "out", "--root", "right.json");
    assert.deepEqual([pinned.code, pinned.stderr], [0, ""]);
  });

  it("tells a missing repository, a missing target and missing bytes apart", async () => {
    await using it = await setUp();
    it.repository.publish({ "dir/a.txt": "alpha", "far/b": "elsewhere" }, { stored: false });
    for (const [path, text] of [
      ["no/such", /has no target "no\/such"/],
      ["constructor", /has no target "constructor"/],
      ["far/b", /has not got the file itself/],
    ] as const) {
      const run = await it.download(path, "-o", "out");
      assert.equal(run.code, 3, run.stderr);
      assert.match(run.stderr, text);
    }
    it.repository.files.delete("/tuf/demo/metadata/1.root.json");
    const run = await it.download("dir/a.txt", "-o", "out", "--trust-dir", "fresh");
    assert.match(run.stderr, /there is no repository "demo" at http/);
    assert.equal(run.code, 3);
  });
});
