import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Ready } from "#api/rest/health.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { ask, serveRest } from "#test/support/rest.ts";

const serve = (ready: Ready) => serveRest((needs) => ({ ...needs, ready }));

describe("health", () => {
  for (const [what, ready, status, missing] of [
    ["200 when nothing is missing", () => Promise.resolve({ ready: true, missing: [] }), 200, []],
    ["503 with what is missing", () => Promise.resolve({ ready: false, missing: ["read models: tuf"] }), 503, ["read models: tuf"]],
    ["503 when a server that it asks is away", () => Promise.reject(new Unavailable("log")), 503, ["log"]],
  ] as const)
    it(`answers ${what}`, async () => {
      await using server = await serve(ready);
      const { status: answered, headers, body } = await ask(server.port, "/readyz");
      assert.deepEqual([answered, headers["cache-control"]], [status, "no-store"]);
      assert.deepEqual(JSON.parse(body.toString()), { ready: status === 200, missing });
      assert.deepEqual(server.failures, []);
    });

  it("is alive even when it is not ready", async () => {
    await using server = await serve(() => Promise.resolve({ ready: false, missing: ["log"] }));
    assert.equal((await ask(server.port, "/healthz")).status, 200);
    assert.equal((await ask(server.port, "/healthz", { method: "HEAD" })).status, 200);
  });
});
