import assert from "node:assert/strict";
import { request } from "node:http";
import * as fc from "fast-check";
import { documents, hostileJson, hostileText, operations } from "#test/support/graphql/hostile.ts";
import { clientOf } from "#test/support/graphql/client.ts";
import { documents as usual, targets } from "#test/support/graphql/session.ts";
import { eventually } from "#test/support/projecting.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";

interface Raw {
  readonly method: string;
  readonly search: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that `fetch` would not send. */
const send = (url: string, { method, search, headers, body }: Raw): Promise<{ readonly status: number }> =>
  new Promise((resolve, reject) => {
    const sent = request(url + search, { method, headers, setHost: false, agent: false }, (response) => {
      response.resume();
      response.once("end", () => resolve({ status: response.statusCode ?? 0 }));
    });
    sent.once("error", reject);
    sent.end(method === "GET" ? undefined : body);
  });

const headerText = fc.oneof(fc.string({ unit: "grapheme-ascii", maxLength: 30 }), fc.constantFrom("1", "0", "*/*", "text/event-stream", "application/json", "multipart/mixed"));

const raw: fc.Arbitrary<Raw> = fc.record({
  method: fc.constantFrom("GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"),
  search: fc.oneof(
    fc.constant(""),
    fc.dictionary(fc.constantFrom("query", "variables", "extensions", "operationName", "documentId", "__proto__", "a[b]"), hostileText.map((text) => text.toWellFormed())).map(
      (search) => `?${new URLSearchParams(search)}`,
    ),
    fc.constantFrom("?", "?%", "?query=%ff", "?query=%7B__typename%7D&query=a", "??&&=="),
  ),
  headers: fc
    .dictionary(fc.constantFrom("accept", "waybill-after", "x-request-id", "traceparent", "content-type", "host", "accept-encoding", "origin", "cookie"), headerText, { maxKeys: 5 })
    .map((headers) => Object.assign({ host: "localhost", "content-type": "application/json" }, headers)),
  body: fc.oneof(
    hostileText,
    hostileJson.map((value) => JSON.stringify(value)),
    fc
      .record({ query: hostileJson, variables: hostileJson, operationName: hostileJson, extensions: hostileJson, documentId: hostileJson }, { requiredKeys: [] })
      .map((body) => JSON.stringify(body)),
    documents.map((query) => JSON.stringify({ query })),
  ),
});

describe("GraphQL under hostile input", () => {
  const opened = new AsyncDisposableStack();
  let waybill: TestWaybill | undefined;
  let authorization = "";
  let client = clientOf("", "");

  before(async () => {
    waybill = opened.use(await startWaybill({ environment: { WAYBILL_READ_WAIT_MS: "5" } }));
    authorization = `Bearer ${waybill.token}`;
    client = clientOf(`${waybill.url}/graphql`, waybill.token);
    assert.deepEqual((await client.ask(usual.bootstrap, { input: { repository: "demo", bins: 16 } })).errors, []);
    const added = await client.ask(usual.add, { input: { repository: "demo", targets: targets(20) } });
    const shown = async () => client.ask("query ($after: Position) { repository(name: \"demo\", after: $after) { stale } }", { after: added.at("addTargets.receipt.position") });
    await eventually(async () => (await shown()).at("repository.stale"), (stale) => stale === false);
  });
  after(() => opened.disposeAsync());

  /** Nothing broke, and another client was answered meanwhile. */
  const unharmed = async (asking: Promise<{ readonly status: number; readonly code?: string | undefined }>) => {
    const [{ status, code }, healthy] = await Promise.all([asking, client.ask(`{ repository(name: "demo") { name } }`)]);
    assert.ok(status >= 200 && status < 500 && code !== "DEFECT", `status ${status}, code ${code}`);
    assert.deepEqual([healthy.status, healthy.data], [200, { repository: { name: "demo" } }]);
  };

  it("answers every root field with any arguments, and breaks nowhere", () =>
    fc.assert(fc.asyncProperty(operations, (operation) => unharmed(client.post(operation))), { numRuns: 200 }));

  it("answers any document", () => fc.assert(fc.asyncProperty(documents, (query) => unharmed(client.post({ query }))), { numRuns: 200 }));

  it("answers any request", () =>
    fc.assert(
      fc.asyncProperty(raw, (asked) => unharmed(send(client.url, { ...asked, headers: { authorization, ...asked.headers } }))),
      { numRuns: 200 },
    ));

  it("leaves no failure behind in the log of the server", () => {
    // A Redis that was slow for a moment, as on a busy machine, is no failure of requests.
    const lines = (waybill?.output() ?? "").split("\n").filter((line) => !line.includes('"message":"degraded"'));
    assert.doesNotMatch(lines.join("\n"), /failed|stopped|error/i);
  });
});
