import assert from "node:assert/strict";
import { hash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { z } from "zod";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { RestServer } from "#test/support/rest.ts";
import { ask, secrets, serveRest, uploadLimit } from "#test/support/rest.ts";

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const writer = bearer(secrets.write);
const Problem = z.object({ type: z.string(), title: z.string(), status: z.number(), code: z.string(), detail: z.string() });

const refusal = async (answer: ReturnType<typeof ask>): Promise<[number, string]> => {
  const { status, headers, body } = await answer;
  assert.equal(headers["content-type"], "application/problem+json");
  const problem = Problem.parse(JSON.parse(body.toString()));
  assert.equal(problem.status, status);
  return [status, problem.code];
};

describe("POST /blobs", () => {
  let server: RestServer;
  before(async () => {
    server = await serveRest();
  });
  after(() => server[Symbol.asyncDispose]());
  afterEach(() => assert.deepEqual(server.failures.splice(0), []));

  const post = (body: Uint8Array, headers = {}) => ask(server.port, "/blobs", { method: "POST", body, headers: { ...writer, ...headers } });
  const halves = async (): Promise<number> => (await readdir(`${server.blobFolder}/incoming`)).length;

  it("stores the bytes and answers with what they are known by", async () => {
    const bytes = randomBytes(300_000);
    const { status, body } = await post(bytes, { "content-type": "application/x-www-form-urlencoded" });
    assert.equal(status, 201);
    assert.deepEqual(JSON.parse(body.toString()), { sha256: hash("sha256", bytes), length: bytes.length });
    assert.deepEqual(await buffer(server.blobs.open(hash("sha256", bytes))), bytes);
  });

  it("takes the same bytes again, none at all, and an administrator's", async () => {
    for (let round = 0; round < 2; round++) assert.equal((await post(Buffer.from("again"))).status, 201);
    assert.equal((await post(Buffer.from(""))).status, 201);
    assert.equal((await post(Buffer.from("x"), bearer(secrets.admin))).status, 201);
  });

  it("wants a token that may write", async () => {
    const body = Buffer.from("x");
    for (const authorization of [undefined, "Basic d3JpdGVyOg==", "Bearer", "Bearer  ", "wb_writer"]) {
      const { status, headers } = await ask(server.port, "/blobs", { method: "POST", body, headers: { ...(authorization !== undefined && { authorization }) } });
      assert.deepEqual([status, headers["www-authenticate"]], [401, 'Bearer realm="waybill"']);
    }
    const { headers } = await post(body, bearer("wb_unknown"));
    assert.equal(headers["www-authenticate"], 'Bearer realm="waybill", error="invalid_token"');
    assert.deepEqual(await refusal(post(body, bearer("wb_unknown"))), [401, "UNAUTHENTICATED"]);
    assert.deepEqual(await refusal(post(body, bearer(secrets.read))), [403, "FORBIDDEN"]);
  });

  it("refuses by Content-Length what is too large, before it is sent", async () => {
    const request = httpRequest({ port: server.port, path: "/blobs", method: "POST", headers: { ...writer, "content-length": uploadLimit + 1 } });
    request.on("error", () => {}).flushHeaders();
    const response = await answerTo(request);
    assert.equal(response.statusCode, 413);
    assert.match((await buffer(response)).toString(), /"code":"BLOB_TOO_LARGE"/);
    request.destroy();
  });

  it("refuses on the way what turns out to be too large, and lets the client read that answer to the end of its sending", async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`POST /blobs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${secrets.write}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const [answer] = await Promise.all([buffer(socket), pipeline(Readable.from(chunked(300)), socket, { end: false })]);
    assert.match(answer.toString(), /^HTTP\/1.1 413 .*"code":"BLOB_TOO_LARGE"/s);
    assert.equal(await halves(), 0);
  });

  it("keeps nothing of an upload whose client goes away", async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`POST /blobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secrets.write}\r\nContent-Length: 200000\r\n\r\n`);
    socket.write(randomBytes(100_000));
    await until(async () => (await halves()) === 1);
    socket.destroy();
    await until(async () => (await halves()) === 0);
  });

  it("takes bytes only, neither coded nor in a form", async () => {
    assert.deepEqual(await refusal(post(Buffer.from("x"), { "content-encoding": "gzip" })), [415, "UNSUPPORTED_MEDIA_TYPE"]);
    assert.deepEqual(await refusal(post(Buffer.from("x"), { "content-type": "multipart/form-data; boundary=x" })), [415, "UNSUPPORTED_MEDIA_TYPE"]);
  });

  it("has no GET", async () => assert.deepEqual(await refusal(ask(server.port, "/blobs", { headers: writer })), [404, "NOT_FOUND"]));
});

const full = () => Promise.reject(new Unavailable("blobs", { cause: new Error("ENOSPC"), retryAfterSeconds: 7 }));

describe("POST /blobs on a full disk", () => {
  it("answers 503 with Retry-After, and reports it once", async () => {
    await using server = await serveRest((needs) => ({ ...needs, blobs: { ...needs.blobs, put: full } }));
    const { status, headers, body } = await ask(server.port, "/blobs", { method: "POST", body: randomBytes(500_000), headers: writer });
    assert.deepEqual([status, headers["retry-after"]], [503, "7"]);
    assert.doesNotMatch(body.toString(), /ENOSPC/);
    assert.deepEqual(server.failures.map(({ where }) => where), ["POST /blobs"]);
  });
});

const answerTo = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => request.once("response", resolve).once("error", reject));

async function* chunked(count: number): AsyncGenerator<string | Buffer> {
  for (let index = 0; index < count; index++) {
    yield "10000\r\n";
    yield randomBytes(0x10000);
    yield "\r\n";
    await sleep(1);
  }
  yield "0\r\n\r\n";
}

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await sleep(5);
};
