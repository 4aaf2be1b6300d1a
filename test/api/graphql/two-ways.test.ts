import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { getIntrospectionQuery } from "graphql";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Result } from "#test/support/graphql/client.ts";
import { documents, impatient, sessionOf, targets } from "#test/support/graphql/session.ts";

interface Asked {
  readonly rule: string;
  readonly query: string;
  readonly variables?: object;
  readonly operationName?: string;
  readonly headers?: Record<string, string>;
}

const byName = "query ($name: String!) { repository(name: $name) { id name targetCount roles { role } } }";

const asked: readonly Asked[] = [
  { rule: "a row", query: byName, variables: { name: "demo" } },
  { rule: "no row", query: byName, variables: { name: "none" } },
  { rule: "a bad argument", query: byName, variables: { name: "NONE" } },
  { rule: "a variable of the wrong type", query: byName, variables: { name: 1 } },
  { rule: "a variable that is missing", query: byName },
  { rule: "a page", query: `{ targets(repository: "demo", first: 2) { edges { cursor node { path custom addedAt } } pageInfo { endCursor hasNextPage } } }` },
  { rule: "fragments, aliases and directives", query: "query ($no: Boolean = false) { a: __typename ...F @include(if: $no) } fragment F on Query { status { version } }" },
  { rule: "some fields refused", query: "{ tokens { position } status { version } }", headers: { authorization: "reader" } },
  { rule: "nullable fields refused", query: `{ repository(name: "0") { name } target(repository: "demo", path: "a") { path } }` },
  { rule: "a parse error", query: "{ status { " },
  { rule: "a validation error", query: "{ nothing }" },
  { rule: "a limit", query: `{ metadata(repository: "a", first: 1000) { edges { node { content } } } }` },
  { rule: "an operation by name", query: "query A { __typename } query B { status { version } }", operationName: "B" },
  { rule: "an unknown operation", query: "query A { __typename }", operationName: "C" },
  { rule: "a refusal", query: documents.add, variables: { input: { repository: "none", targets: targets(1) } } },
  { rule: "an invalid input", query: documents.add, variables: { input: { repository: "demo", targets: [] } } },
  { rule: "a replayed command", query: documents.add, variables: { input: { repository: "demo", targets: targets(3), idempotencyKey: "k", publish: false } } },
  { rule: "a conflict of everything: unavailable", query: `mutation { publish(input: { repository: "demo" }) { task { id } } }` },
  { rule: "partly unavailable", query: `mutation { a: removeTargets(input: { repository: "none", paths: ["a"] }) { task { id } } }` },
  { rule: "a defect", query: `mutation { recordVersions(input: { ecosystem: "npm", source: "x", versions: [{ key: "pkg:npm/a@1", dependencies: [] }] }) { task { id } } }` },
  { rule: "introspection", query: getIntrospectionQuery() },
  { rule: "graphql-response+json", query: byName, variables: { name: "demo" }, headers: { accept: "application/graphql-response+json, application/json;q=0.9" } },
  { rule: "graphql-response+json, invalid", query: "{ nothing }", headers: { accept: "application/graphql-response+json" } },
  { rule: "any media type", query: byName, variables: { name: "demo" }, headers: { accept: "*/*" } },
  { rule: "a stale read", query: `{ repository(name: "demo") { position stale } }`, headers: { "waybill-after": "999999" } },
];

const comparable = ({ status, headers, text }: Result) => ({
  status,
  type: headers.get("content-type"),
  retryAfter: headers.get("retry-after"),
  // A defect gets an id of its own each time.
  text: text.replaceAll(/[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g, "ID"),
});

describe("GraphQL's fast way and graphql-yoga", () => {
  const session = sessionOf({ limits: impatient });

  before(async () => {
    const { admin, app } = session();
    await admin.ask(documents.bootstrap, { input: { repository: "demo" } });
    const input = { repository: "demo", targets: targets(3), idempotencyKey: "k", publish: false };
    await admin.ask(documents.add, { input });
    await app.settled();
    app.commandsAre({
      publish: () => Promise.reject(new Unavailable("log", { retryAfterSeconds: 3 })),
      recordVersions: () => Promise.reject(new Error("broken")),
    });
  });

  for (const { rule, headers = {}, ...body } of asked)
    it(`answer the same to ${rule}`, async () => {
      const { admin, reader } = session();
      const { authorization, ...others } = headers;
      const client = authorization === "reader" ? reader : admin;
      const slow = await client.post(body, others);
      const fast = await client.post({ ...body, documentId: `sha256:${hash("sha256", body.query)}` }, others);
      assert.deepEqual(comparable(fast), comparable(slow));
      assert.equal(Number(fast.headers.get("content-length")), Buffer.byteLength(fast.text));
    });
});
