import assert from "node:assert/strict";
import { hash, randomBytes } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { after, before, describe, it } from "mocha";
import type { Sql } from "#projections/ports/sql.ts";
import type { RestServer } from "#test/support/rest.ts";
import { ask, serveRest } from "#test/support/rest.ts";
import { insertMetadata } from "#test/support/tuf-by-hand.ts";

const large = (version: number): Buffer => Buffer.from(JSON.stringify({ version, text: "text ".repeat(2000), salt: randomBytes(200).toString("hex") }));
const small = (version: number): Buffer => Buffer.from(`{"version":${version}}`);
const snapshot = large(7);
const at = "/tuf/demo/metadata";

describe("GET /tuf/<repository>/metadata/<file>", () => {
  let server: RestServer;
  before(async () => {
    server = await serveRest();
    for (const version of [1, 2, 10]) await insertMetadata(server, { repository: "demo", role: "root", version, bytes: small(version) });
    for (const version of [9, 10]) await insertMetadata(server, { repository: "demo", role: "timestamp", version, bytes: small(version) });
    await insertMetadata(server, { repository: "demo", role: "snapshot", version: 7, bytes: snapshot });
    for (const role of ["team/a", "a:b", "a%2Fb", "9.lives", "Team.A"])
      await insertMetadata(server, { repository: "demo", role, version: 1, bytes: Buffer.from(JSON.stringify(role)) });
  });
  after(() => server[Symbol.asyncDispose]());
  const get = (file: string, headers = {}) => ask(server.port, `${at}/${file}`, { headers });

  it("serves a version with its exact bytes, type, length and ETag, to be kept for ever", async () => {
    const { status, headers, body } = await get("7.snapshot.json");
    assert.equal(status, 200);
    assert.deepEqual(body, snapshot);
    assert.equal(headers["content-type"], "application/json");
    assert.equal(headers["content-length"], String(snapshot.length));
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(headers.etag, `"${hash("sha256", snapshot)}"`);
    assert.equal(headers.vary, "Accept-Encoding");
    assert.equal(headers["content-encoding"], undefined);
    assert.equal(headers["x-powered-by"], undefined);
  });

  it("serves the newest timestamp and root without a version, to be kept by nobody", async () => {
    for (const file of ["timestamp.json", "root.json"]) {
      const { headers, body } = await get(file);
      assert.deepEqual(body, small(10));
      assert.equal(headers["cache-control"], "no-store");
    }
  });

  it("shows a new timestamp to the very next request", async () => {
    await insertMetadata(server, { repository: "demo", role: "timestamp", version: 11, bytes: small(11) });
    assert.deepEqual((await get("timestamp.json")).body, small(11));
  });

  it("answers 404, kept by nobody, for whatever is missing, and serves it once it is there", async () => {
    for (const file of ["3.root.json", "snapshot.json", "targets.json", "0.root.json", "01.root.json", "99999999999.root.json", "7.snapshot", "7.snapshot.json/", "", ".json", "-1.root.json", "7.SNAPSHOT.json", "%zz", "%ff.json", "%00.json", "7.snap%0Ashot.json"]) {
      const { status, headers, body } = await get(file);
      assert.equal(status, 404, file);
      assert.equal(headers["cache-control"], "no-store");
      assert.equal(headers["content-type"], "application/problem+json");
      assert.match(body.toString(), /"code":"NOT_FOUND"/);
    }
    assert.equal((await ask(server.port, "/tuf/unknown/metadata/1.root.json")).status, 404);
    await insertMetadata(server, { repository: "demo", role: "root", version: 3, bytes: small(3) });
    assert.deepEqual((await get("3.root.json")).body, small(3));
  });

  for (const [spelled, role] of [
    ["1.team%2Fa.json", "team/a"],
    ["1.a%3Ab.json", "a:b"],
    ["1.a:b.json", "a:b"],
    ["1.a%252Fb.json", "a%2Fb"],
    ["1.9.lives.json", "9.lives"],
    ["1.Team.A.json", "Team.A"],
  ] as const)
    it(`decodes ${spelled} once, to the role ${role}`, async () => assert.deepEqual((await get(spelled)).body.toString(), JSON.stringify(role)));

  for (const [accepts, coding] of [
    ["gzip", "gzip"],
    ["gzip, deflate", "gzip"],
    ["gzip, deflate, br, zstd", "br"],
    ["br;q=0.5, gzip;q=0.8", "gzip"],
    ["br;q=0, gzip;q=0.1", "gzip"],
    ["GZIP", "gzip"],
    ["identity", undefined],
    ["identity, gzip;q=0.5", undefined],
    ["gzip;q=0", undefined],
    ["deflate", undefined],
    ["*", undefined],
    [";;q=,br;q=x", undefined],
  ] as const)
    it(`codes as ${coding ?? "identity"} for Accept-Encoding: ${accepts}`, async () => {
      const { headers, body } = await get("7.snapshot.json", { "accept-encoding": accepts });
      assert.equal(headers["content-encoding"], coding);
      assert.equal(headers["content-length"], String(body.length));
      assert.equal(headers.etag, `"${hash("sha256", snapshot)}${coding === undefined ? "" : `-${coding}`}"`);
      const plain = coding === "br" ? brotliDecompressSync(body) : coding === "gzip" ? gunzipSync(body) : body;
      assert.deepEqual(plain, snapshot);
    });

  it("leaves small files as they are", async () =>
    assert.equal((await get("1.root.json", { "accept-encoding": "gzip, br" })).headers["content-encoding"], undefined));

  it("answers 304 to who has it in that coding", async () => {
    const { headers } = await get("7.snapshot.json", { "accept-encoding": "gzip" });
    const again = await get("7.snapshot.json", { "accept-encoding": "gzip", "if-none-match": `"other", W/${headers.etag}` });
    assert.equal(again.status, 304);
    assert.equal(again.body.length, 0);
    assert.equal(again.headers.etag, headers.etag);
    assert.equal((await get("7.snapshot.json", { "if-none-match": headers.etag })).status, 200);
  });

  it("answers HEAD with the headers of GET", async () => {
    const headers = { "accept-encoding": "gzip" };
    const [head, got] = await Promise.all([ask(server.port, `${at}/7.snapshot.json`, { method: "HEAD", headers }), get("7.snapshot.json", headers)]);
    assert.equal(head.body.length, 0);
    assert.deepEqual({ ...head.headers, date: "" }, { ...got.headers, date: "" });
    assert.equal((await ask(server.port, `${at}/8.snapshot.json`, { method: "HEAD" })).status, 404);
  });

  it("is for reading only", async () => {
    const { status, headers } = await ask(server.port, `${at}/timestamp.json`, { method: "PUT", body: Buffer.from("x") });
    assert.equal(status, 405);
    assert.equal(headers.allow, "GET, HEAD");
  });

  it("takes the absolute form of a request, as proxies send it, and a query nobody asked for", async () => {
    assert.equal((await ask(server.port, `http://example.org${at}/7.snapshot.json?x=1`)).status, 200);
    assert.equal((await get("timestamp.json?cache=buster")).status, 200);
  });
});

describe("metadata that was served before", () => {
  it("is read from the database once where it is immutable, and each time where it is not", async () => {
    const asked: string[] = [];
    await using server = await serveRest((needs) => ({ ...needs, sql: watched(needs.sql, asked) }));
    for (const role of ["snapshot", "timestamp"]) await insertMetadata(server, { repository: "demo", role, version: 1, bytes: large(1) });
    for (const encoding of ["gzip", "br", "identity"])
      for (const file of ["1.snapshot.json", "timestamp.json"]) await ask(server.port, `${at}/${file}`, { headers: { "accept-encoding": encoding } });
    assert.deepEqual(asked, ["tuf_metadata_version", "tuf_newest_metadata", "tuf_newest_metadata", "tuf_newest_metadata"]);
  });
});

const watched = (sql: Sql, asked: string[]): Sql => ({
  query: (statement) => {
    asked.push(statement.name ?? "unnamed");
    return sql.query(statement);
  },
});
