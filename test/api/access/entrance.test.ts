import assert from "node:assert/strict";
import { operationOf } from "#api/access/entrance.ts";
import { memoryLimiter } from "#infra/memory/limiter.ts";
import { ask, secrets, serveRest } from "#test/support/rest.ts";

const upload = (port: number, secret: string | null) =>
  ask(port, "/blobs", { method: "POST", headers: secret === null ? {} : { authorization: `Bearer ${secret}` }, body: Buffer.from("x") });

const statuses = async (port: number, askers: readonly (string | null)[]): Promise<number[]> => {
  const found: number[] = [];
  for (const secret of askers) found.push((await upload(port, secret)).status);
  return found;
};

describe("Limits of requests", () => {
  it("are of each token, and answered with 429 and Retry-After", async () => {
    await using server = await serveRest((needs) => ({ ...needs, rates: { requests: memoryLimiter(2) } }));
    assert.deepEqual(await statuses(server.port, [secrets.write, secrets.write, secrets.write, secrets.admin]), [201, 201, 429, 201]);
    const { headers, body } = await upload(server.port, secrets.write);
    assert.equal(headers["content-type"], "application/problem+json");
    assert.match(headers["retry-after"] ?? "", /^[1-9]\d*$/);
    assert.match(body.toString(), /"code":"RATE_LIMITED"/);
  });

  it("are of the address for requests without a valid token", async () => {
    await using server = await serveRest((needs) => ({ ...needs, rates: { requests: memoryLimiter(2) } }));
    assert.deepEqual(await statuses(server.port, [null, "wb_none", null, "wb_other", secrets.write]), [401, 401, 429, 429, 201]);
  });

  it("stop an address from trying tokens, but nobody there whose token was valid before", async () => {
    let lookedUp = 0;
    await using server = await serveRest((needs) => ({
      ...needs,
      authenticate: (secret) => (lookedUp++, needs.authenticate(secret)),
      rates: { failures: memoryLimiter(2) },
    }));
    assert.deepEqual(await statuses(server.port, [secrets.write, "wb_1", "wb_2", "wb_3", "wb_4"]), [201, 401, 401, 429, 429]);
    assert.equal(lookedUp, 3);
    assert.deepEqual(await statuses(server.port, [secrets.write, secrets.admin, null]), [201, 429, 401]);
  });

  it("are not of TUF files, unless they are limited themselves, and never of health", async () => {
    await using free = await serveRest((needs) => ({ ...needs, rates: { requests: memoryLimiter(1), failures: memoryLimiter(1) } }));
    for (const _ of [1, 2, 3]) assert.equal((await ask(free.port, "/tuf/demo/metadata/timestamp.json")).status, 404);
    await using limited = await serveRest((needs) => ({ ...needs, rates: { files: memoryLimiter(1), requests: memoryLimiter(1) } }));
    const files = [await ask(limited.port, "/tuf/demo/metadata/timestamp.json"), await ask(limited.port, "/tuf/demo/targets/a")];
    assert.deepEqual(files.map(({ status }) => status), [404, 429]);
    for (const _ of [1, 2, 3]) assert.equal((await ask(limited.port, "/healthz")).status, 200);
  });
});

describe("What was refused", () => {
  it("is told by method and whole path, also below a router, without what is asked behind it", () => {
    assert.equal(operationOf({ method: "POST", url: "/", originalUrl: "/graphql?token=x" }), "POST /graphql");
    assert.equal(operationOf({ method: "GET", url: "/events?after=1" }), "GET /events");
  });
});
