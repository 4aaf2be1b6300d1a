import assert from "node:assert/strict";
import { hash, randomBytes } from "node:crypto";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import * as fc from "fast-check";
import { after, before, describe, it } from "mocha";
import type { RestServer } from "#test/support/rest.ts";
import { ask, serveRest } from "#test/support/rest.ts";
import { publishByHand } from "#test/support/tuf-by-hand.ts";

const content = "content";
const pieces = fc.constantFrom(
  "tuf", "demo", "metadata", "targets", "root", ".json", "1.root.json", "timestamp.json", "99999999999999999999.root.json", "1e3.root.json", "2147483648.root.json", "healthz", "readyz", "blobs",
  "%", "%00", "%0a", "%zz", "%ff", "%2F", "%2e%2e", "..", ".", "//", "/", "\\", "?", "#", ";", "'", "%27", "{}", "$1", "%ed%a0%80", "%F0%9F%98%80", "a".repeat(64), `${hash("sha256", content)}.`, "file", "*", ":", "@", "http://x",
);
const headers = fc.record(
  {
    range: fc.oneof(fc.constantFrom("bytes=0-", "bytes=-1", "bytes=5-1", "bytes=99999999999999999999-"), fc.stringMatching(/^[ -~]{0,20}$/)),
    "if-none-match": fc.oneof(fc.constantFrom("*", '"x"', 'W/"', ",,"), fc.stringMatching(/^[ -~]{0,20}$/)),
    "if-range": fc.stringMatching(/^[ -~]{0,20}$/),
    "accept-encoding": fc.oneof(fc.constantFrom("br", "gzip;q=", "*;q=0", "br;q=1e999"), fc.stringMatching(/^[ -~]{0,20}$/)),
    authorization: fc.oneof(fc.constantFrom("Bearer wb_writer", "Bearer", "Bearer \u00e9"), fc.stringMatching(/^[ -~]{0,20}$/)),
  },
  { requiredKeys: [] },
);
const method = fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE");

describe("any URL", () => {
  let server: RestServer;
  before(async () => {
    server = await serveRest();
    await publishByHand(server, { repository: "demo", targets: { "dir/file": content } });
  });
  after(() => server[Symbol.asyncDispose]());

  const isServed = async (): Promise<void> => {
    assert.deepEqual(server.failures, []);
    assert.equal((await ask(server.port, "/tuf/demo/metadata/timestamp.json")).status, 200);
  };

  it("gets an answer that is no 5xx", async () => {
    const path = fc.oneof(
      fc.array(pieces, { maxLength: 8 }).map((parts) => `/${parts.join("")}`),
      fc.array(pieces, { maxLength: 8 }).map((parts) => `/${parts.join("/")}`),
      fc.array(pieces, { maxLength: 4 }).map((parts) => `/tuf/demo/metadata/${parts.join("")}`),
      fc.array(pieces, { maxLength: 4 }).map((parts) => `/tuf/demo/targets/${parts.join("")}`),
      fc.string({ unit: "binary-ascii" }).map((text) => `/tuf/demo/targets/${encodeURIComponent(text)}`),
    );
    await fc.assert(
      fc.asyncProperty(path, method, headers, async (path, method, headers) => {
        const { status } = await ask(server.port, path, { method, headers, ...(method === "POST" && { body: Buffer.from("x") }) });
        assert.ok(status < 500, `${status}`);
        if (method === "GET" && /^\/tuf\/demo\/(metadata|targets)\//.test(path)) assert.ok([200, 206, 304, 404, 416].includes(status), `${status}`);
      }),
      { numRuns: 1500 },
    );
    await isServed();
  });

  it("may be any bytes at all without a 5xx, and blocks nobody", async () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.concat([Buffer.from("GET /tuf/demo/targets/"), bytes, Buffer.from(" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")])),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.concat([bytes, Buffer.from("\r\n\r\n")])),
    );
    await fc.assert(
      fc.asyncProperty(line, async (bytes) => assert.doesNotMatch(await raw(server.port, bytes), /^HTTP\/1.1 5/)),
      { numRuns: 500 },
    );
    await isServed();
  });

  it("may be very long", async () => {
    assert.equal((await ask(server.port, `/tuf/demo/targets/${"x".repeat(12_000)}`)).status, 404);
    assert.equal((await ask(server.port, `/tuf/demo/targets/${randomBytes(20_000).toString("hex")}`)).status, 431);
    await isServed();
  });
});

const raw = async (port: number, bytes: Uint8Array): Promise<string> => {
  const socket = connect(port, "127.0.0.1");
  socket.end(bytes);
  return (await buffer(socket)).toString("latin1");
};
