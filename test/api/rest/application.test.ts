import assert from "node:assert/strict";
import { json, Router } from "express";
import { describe, it } from "mocha";
import { z } from "zod";
import { sendProblem } from "#api/problem.ts";
import { refused } from "#api/rest/problems.ts";
import { refuse } from "#domain/kernel/decider.ts";
import { ConcurrencyConflict, InvalidInput, PayloadTooLarge, Unavailable } from "#domain/kernel/errors.ts";
import { ask, serveRest } from "#test/support/rest.ts";

const Body = z.looseObject({ type: z.string(), status: z.number(), code: z.string(), title: z.string(), detail: z.string() });

const thrown: Readonly<Record<string, Error>> = {
  invalid: new InvalidInput([{ path: ["targets", 3, "path"], message: "must not be empty" }]),
  large: new PayloadTooLarge("trust.TargetsAdded.v1", 2, 1),
  conflict: new ConcurrencyConflict("trust.targets-demo", 1, 2),
  away: new Unavailable("read models", { retryAfterSeconds: 3 }),
  bug: new Error("secret detail of a bug"),
};

const others = Router()
  .get("/throw/:what", (request) => {
    throw thrown[request.params.what] ?? new Error("?");
  })
  .get("/half", (_request, response) => {
    response.set("Content-Length", "100").write("half");
    throw new Error("in the middle");
  })
  .get("/refuse/:code", (request, response) => sendProblem(response, refused(refuse(request.params.code, "No.", { version: 3 }))))
  .get("/decoded/:name", (_request, response) => void response.end())
  .post("/json", json({ limit: 100 }), (_request, response) => void response.end());

const serve = () => serveRest((needs) => ({ ...needs, others: [others] }));

describe("the HTTP application", () => {
  for (const [what, status, code] of [
    ["invalid", 400, "INVALID_INPUT"],
    ["large", 413, "PAYLOAD_TOO_LARGE"],
    ["conflict", 409, "CONFLICT"],
    ["away", 503, "UNAVAILABLE"],
    ["bug", 500, "DEFECT"],
  ] as const)
    it(`answers ${status} ${code} as problem+json, and reports 5xx once`, async () => {
      await using server = await serve();
      const { status: answered, headers, body } = await ask(server.port, `/throw/${what}`);
      const problem = Body.parse(JSON.parse(body.toString()));
      assert.deepEqual([answered, problem.status, problem.code, problem.type], [status, status, code, `urn:waybill:error:${code}`]);
      assert.equal(headers["content-type"], "application/problem+json");
      assert.equal(headers["retry-after"], what === "away" ? "3" : undefined);
      assert.deepEqual(problem["issues"], what === "invalid" ? [{ path: ["targets", 3, "path"], message: "must not be empty" }] : problem["issues"]);
      assert.deepEqual(server.failures.map(({ error }) => error), status >= 500 ? [thrown[what]] : []);
    });

  it("shows nothing of a defect but the number it was reported under", async () => {
    await using server = await serve();
    const { body } = await ask(server.port, "/throw/bug");
    assert.doesNotMatch(body.toString(), /secret/);
    assert.match(body.toString(), new RegExp(server.failures[0]?.id ?? "none"));
  });

  it("cuts an answer that fails half-way, so that it does not look whole", async () => {
    await using server = await serve();
    await assert.rejects(ask(server.port, "/half"), /aborted|hang up/);
    assert.equal(server.failures.length, 1);
  });

  for (const [code, status] of [["REPOSITORY_EXISTS", 409], ["IDEMPOTENCY_KEY_REUSED", 409], ["REPOSITORY_NOT_FOUND", 422]] as const)
    it(`answers the refusal ${code} with ${status}`, async () => {
      await using server = await serve();
      const { status: answered, body } = await ask(server.port, `/refuse/${code}`);
      const problem = Body.parse(JSON.parse(body.toString()));
      assert.deepEqual([answered, problem.code, problem.detail, problem["details"]], [status, code, "No.", { version: 3 }]);
    });

  it("says what is wrong with a body or a path that cannot be read", async () => {
    await using server = await serve();
    const post = (body: string, headers = {}) =>
      ask(server.port, "/json", { method: "POST", body: Buffer.from(body), headers: { "content-type": "application/json", ...headers } });
    const answers = [await post("{"), await post(`"${"x".repeat(200)}"`), await post("{}", { "content-encoding": "compress" }), await ask(server.port, "/decoded/%zz")];
    assert.deepEqual(answers.map(({ status, body }) => [status, Body.parse(JSON.parse(body.toString())).code]), [
      [400, "INVALID_INPUT"], [413, "PAYLOAD_TOO_LARGE"], [415, "UNSUPPORTED_MEDIA_TYPE"], [400, "INVALID_INPUT"],
    ]);
    assert.deepEqual(server.failures, []);
  });

  it("answers 404 for everything else, and says what it runs on to nobody", async () => {
    await using server = await serve();
    const { status, headers } = await ask(server.port, "/nothing");
    assert.equal(status, 404);
    assert.deepEqual(
      [headers["x-powered-by"], headers["x-content-type-options"], headers["x-frame-options"], headers["referrer-policy"]],
      [undefined, "nosniff", "DENY", "no-referrer"],
    );
  });
});
