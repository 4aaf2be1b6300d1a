import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { after, before, describe, it } from "mocha";
import type { Answer, RestServer } from "#test/support/rest.ts";
import { ask, serveRest } from "#test/support/rest.ts";
import { insertRepository, insertTarget } from "#test/support/tuf-by-hand.ts";

const repository = "demo";
const sha256 = (content: string): string => hash("sha256", content);
const content = "0123456789".repeat(100_000);
const digest = sha256(content);
const hashLike = `${"a".repeat(64)}.x`;

describe("GET /tuf/<repository>/targets/<name>", () => {
  let server: RestServer;
  before(async () => {
    server = await serveRest();
    await insertRepository(server, repository, 5);
    for (const row of [
      { path: "dir/sub/file.bin", content },
      { path: "flat", content: "flat" },
      { path: "empty", content: "" },
      { path: "page.html", content: "<script>alert(1)</script>" },
      { path: "replaced", content: "first", from: 1, to: 3 },
      { path: "replaced", content: "second", from: 3 },
      { path: "removed", content: "gone", from: 1, to: 5 },
      { path: "pending", content: "soon", from: 6 },
      { path: "leaving", content: "still here", from: 1, to: 6 },
      { path: "imported", content: "not uploaded", uploaded: false },
      { path: hashLike, content: "its own name looks like a hash" },
      { path: `dir/${hashLike}`, content: "in a folder, too" },
      { path: `${"b".repeat(64)}.dir/x`, content: "a folder like a hash" },
    ])
      await insertTarget(server, { repository, ...row });
  });
  after(() => server[Symbol.asyncDispose]());
  const get = (name: string, headers = {}): Promise<Answer> => ask(server.port, `/tuf/demo/targets/${name}`, { headers });
  const text = async (name: string): Promise<string> => (await get(name)).body.toString();

  for (const name of [`dir/sub/${digest}.file.bin`, `${digest}.dir/sub/file.bin`])
    it(`serves ${name.replace(digest, "HASH")} to be kept for ever`, async () => {
      const { status, headers, body } = await get(name);
      assert.equal(status, 200);
      assert.equal(body.toString(), content);
      assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
      assert.equal(headers.etag, `"${digest}"`);
      assert.equal(headers["content-length"], String(content.length));
    });

  it("serves the plain name, to be asked after each time", async () => {
    const { headers, body } = await get("dir/sub/file.bin");
    assert.equal(body.toString(), content);
    assert.equal(headers["cache-control"], "public, max-age=0, must-revalidate");
    assert.equal((await get("dir/sub/file.bin", { "if-none-match": headers.etag })).status, 304);
  });

  it("serves under the plain name what the published metadata lists", async () => {
    assert.equal(await text("replaced"), "second");
    assert.equal(await text("leaving"), "still here");
    assert.equal((await get("removed")).status, 404);
    assert.equal((await get("pending")).status, 404);
  });

  it("serves under the name with the hash whatever was recorded, before its publication and after its removal", async () => {
    for (const [path, content] of [["replaced", "first"], ["replaced", "second"], ["removed", "gone"], ["pending", "soon"]] as const)
      assert.equal(await text(`${sha256(content)}.${path}`), content);
  });

  it("answers 404, kept by nobody, for what is missing", async () => {
    for (const name of [
      "nothing", "dir", "dir/", "", `${sha256("flat")}.other`, `${"0".repeat(64)}.flat`, `${sha256("flat").toUpperCase()}.flat`, `${sha256("flat")}.`, sha256("flat"),
      "imported", `${sha256("not uploaded")}.imported`, "%zz", "%", "flat%00", "%80", "..%2f..%2fetc%2fpasswd", "../flat", "x".repeat(5000),
    ]) {
      const { status, headers } = await get(name);
      assert.equal(status, 404, name);
      assert.equal(headers["cache-control"], "no-store");
    }
    assert.equal((await ask(server.port, "/tuf/other/targets/flat")).status, 404);
    assert.equal((await ask(server.port, "/tuf/demo")).status, 404);
    assert.equal((await ask(server.port, "/tuf")).status, 404);
  });

  it("serves an imported target once its bytes are there", async () => {
    await insertTarget(server, { repository, path: "imported-too", content: "late", uploaded: false });
    assert.equal((await get("imported-too")).status, 404);
    await insertTarget(server, { repository: "another", path: "whatever", content: "late" });
    assert.equal(await text("imported-too"), "late");
  });

  it("serves a target whose own name looks like a hash, in every form", async () => {
    const own = "its own name looks like a hash";
    assert.equal(await text(hashLike), own);
    assert.equal(await text(`${sha256(own)}.${hashLike}`), own);
    assert.equal(await text(`dir/${hashLike}`), "in a folder, too");
    assert.equal(await text(`dir/${sha256("in a folder, too")}.${hashLike}`), "in a folder, too");
    const folder = `${"b".repeat(64)}.dir`;
    assert.equal(await text(`${folder}/x`), "a folder like a hash");
    assert.equal(await text(`${folder}/${sha256("a folder like a hash")}.x`), "a folder like a hash");
    assert.equal(await text(`${sha256("a folder like a hash")}.${folder}/x`), "a folder like a hash");
  });

  it("gives a browser nothing to run", async () => {
    const { headers } = await get("page.html");
    assert.equal(headers["content-type"], "application/octet-stream");
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["content-disposition"], "attachment; filename*=UTF-8''page.html");
    assert.equal(headers["content-security-policy"], "default-src 'none'; sandbox");
  });

  it("serves an empty file", async () => {
    const { status, headers, body } = await get("empty");
    assert.deepEqual([status, headers["content-length"], body.length], [200, "0", 0]);
    assert.equal((await get("empty", { range: "bytes=0-" })).status, 416);
  });

  for (const [range, from, to] of [
    ["bytes=0-0", 0, 0],
    ["bytes=10-19", 10, 19],
    ["bytes=999990-", 999_990, 999_999],
    ["bytes=-3", 999_997, 999_999],
    ["bytes=-9999999", 0, 999_999],
    ["bytes=500000-99999999", 500_000, 999_999],
    ["bytes=262143-262145", 262_143, 262_145],
  ] as const)
    it(`answers 206 for Range: ${range}`, async () => {
      const { status, headers, body } = await get(`${digest}.dir/sub/file.bin`, { range });
      assert.equal(status, 206);
      assert.equal(headers["content-range"], `bytes ${from}-${to}/1000000`);
      assert.equal(headers["content-length"], String(to - from + 1));
      assert.equal(body.toString(), content.slice(from, to + 1));
    });

  for (const range of ["bytes=1000000-", "bytes=1000000-1000001", "bytes=-0"])
    it(`answers 416 for Range: ${range}`, async () => {
      const { status, headers } = await get("dir/sub/file.bin", { range });
      assert.deepEqual([status, headers["content-range"], headers["cache-control"], headers.etag], [416, "bytes */1000000", "no-store", undefined]);
    });

  for (const range of ["bytes=5-2", "bytes=a-b", "bytes=0-1,5-6", "lines=0-1", "bytes=-", "bytes", "bytes=0-1 x"])
    it(`gives all for Range: ${range}`, async () => assert.equal((await get("flat", { range })).status, 200));

  it("honours If-Range", async () => {
    const range = "bytes=0-1";
    assert.equal((await get("flat", { range, "if-range": `"${sha256("flat")}"` })).status, 206);
    assert.equal((await get("flat", { range, "if-range": `W/"${sha256("flat")}"` })).status, 200);
    assert.equal((await get("flat", { range, "if-range": new Date().toUTCString() })).status, 200);
  });

  it("answers HEAD with the headers of GET, and all of the length", async () => {
    const head = await ask(server.port, "/tuf/demo/targets/dir/sub/file.bin", { method: "HEAD", headers: { range: "bytes=0-1" } });
    assert.deepEqual([head.status, head.headers["content-length"], head.headers["accept-ranges"], head.body.length], [200, "1000000", "bytes", 0]);
  });
});
