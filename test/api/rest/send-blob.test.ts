import assert from "node:assert/strict";
import { request } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { ask, serveRest } from "#test/support/rest.ts";
import { insertRepository, insertTarget } from "#test/support/tuf-by-hand.ts";

const path = "/tuf/demo/targets/file";

/** A store that knows the target, and opens `source` for it. */
const serve = async (source: () => Readable, length = 1_000_000) => {
  const blobs = (whole: BlobStore): BlobStore => ({ ...whole, length: () => Promise.resolve(length), open: source });
  const server = await serveRest((needs) => ({ ...needs, blobs: blobs(needs.blobs) }));
  await insertRepository(server, "demo", 0);
  await insertTarget(server, { repository: "demo", path: "file", content: "" });
  return server;
};

async function* brokenAfter(chunks: number): AsyncGenerator<Buffer> {
  for (let index = 0; index < chunks; index++) yield Buffer.alloc(1000);
  await sleep(10);
  throw new Unavailable("blobs", { cause: new Error("EIO") });
}

describe("a target whose bytes cannot be read", () => {
  it("is 503 while nothing was sent, and kept by nobody", async () => {
    await using server = await serve(() => Readable.from(brokenAfter(0)));
    const { status, headers } = await ask(server.port, path);
    assert.deepEqual([status, headers["cache-control"], headers.etag, headers["retry-after"]], [503, "no-store", undefined, "1"]);
    assert.equal(headers["content-disposition"], undefined);
    assert.equal(server.failures.length, 1);
  });

  it("ends in a broken connection when it was half sent", async () => {
    await using server = await serve(() => Readable.from(brokenAfter(5)));
    await assert.rejects(ask(server.port, path), /aborted|hang up|ECONNRESET/);
    assert.equal(server.failures.length, 1);
  });

  it("ends in a broken connection when there are fewer bytes than it should have", async () => {
    await using server = await serve(() => Readable.from([Buffer.alloc(1000)]));
    const headers = { connection: "keep-alive" };
    await assert.rejects(ask(server.port, path, { headers }), /aborted|hang up|ECONNRESET/);
    assert.equal(server.failures.length, 1);
  });
});

describe("a target of endless length", () => {
  it("is read no faster than the client takes it, and no further than it stays", async () => {
    let read = 0;
    const over = Promise.withResolvers<void>();
    const source = () => new Readable({
      read(size) {
        read += size;
        setImmediate(() => this.push(Buffer.alloc(size)));
      },
    }).once("close", over.resolve);
    await using server = await serve(source, 10_000_000_000);
    const download = request({ port: server.port, path }).end();
    const response = await new Promise<Readable>((resolve) => download.once("response", resolve));
    await sleep(200);
    assert.ok(read < 50_000_000, `${read} bytes were read for a client that takes none`);
    response.destroy();
    await over.promise;
    const then = read;
    await sleep(50);
    assert.equal(read, then);
    assert.deepEqual(server.failures, []);
  });
});
