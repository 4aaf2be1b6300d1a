import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { getIntrospectionQuery } from "graphql";
import { resultOf } from "#test/support/graphql/client.ts";
import { documents, impatient, sessionOf, targets } from "#test/support/graphql/session.ts";

const nested = (levels: number) => `{ ${"a { ".repeat(levels)} b ${"} ".repeat(levels)} }`;
const fragments = (count: number) =>
  `{ ...F0 } ${Array.from({ length: count }, (_, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`).join(" ")} fragment F${count} on Query { __typename }`;

describe("GraphQL documents", () => {
  const session = sessionOf({ limits: { ...impatient, bodyBytes: 300_000 } });

  const refusals: readonly (readonly [rule: string, query: string, code: string])[] = [
    ["no GraphQL", "{ status { ", "GRAPHQL_PARSE_FAILED"],
    ["unknown fields", "{ nothing }", "GRAPHQL_VALIDATION_FAILED"],
    ["fragments in a circle", "{ ...F } fragment F on Query { ...F }", "GRAPHQL_VALIDATION_FAILED"],
    ["more levels than allowed", nested(12), "DOCUMENT_LIMIT_EXCEEDED"],
    ["levels that end the parser's stack", nested(9000), "GRAPHQL_PARSE_FAILED"],
    ["lists within lists", `{ repository(name: ${"[".repeat(40)}${"]".repeat(40)}) { name } }`, "DOCUMENT_LIMIT_EXCEEDED"],
    ["too many tokens", `{ ${"a ".repeat(30_000)} }`, "GRAPHQL_PARSE_FAILED"],
    ["too many selections", `{ ${"__typename ".repeat(501)} }`, "DOCUMENT_LIMIT_EXCEEDED"],
    ["too many directives", `{ __typename ${"@skip(if: false) ".repeat(501)} }`, "DOCUMENT_LIMIT_EXCEEDED"],
    ["too many aliases", `{ ${Array.from({ length: 51 }, (_, index) => `a${index}: __typename`).join(" ")} }`, "DOCUMENT_LIMIT_EXCEEDED"],
    ["pages that cost too much", `{ metadata(repository: "a", first: 1000) { edges { node { content } } } }`, "DOCUMENT_LIMIT_EXCEEDED"],
    [
      "aliases that multiply the cost",
      `{ ${Array.from({ length: 11 }, (_, index) => `a${index}: targets(repository: "a", first: 500) { edges { node { path } } }`).join(" ")} }`,
      "DOCUMENT_LIMIT_EXCEEDED",
    ],
    ["introspection that grows without end", `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`, "GRAPHQL_VALIDATION_FAILED"],
    ["two operations and no name", "query A { __typename } query B { __typename }", "INVALID_INPUT"],
  ];
  for (const [rule, query, code] of refusals)
    it(`are refused with 400: ${rule}`, async () => {
      const refused = await session().reader.ask(query);
      assert.deepEqual([refused.status, refused.code], [400, code], refused.text.slice(0, 300));
    });

  it("say where they are malformed", async () => {
    assert.deepEqual((await session().reader.ask("{\n  nothing }")).errors[0]?.locations, [{ line: 2, column: 3 }]);
  });

  it("cost what their variables make of them, and the most where these are no numbers", async () => {
    const query = `query ($first: Int = 10) { metadata(repository: "a", first: $first) { edges { node { content } } } }`;
    const status = async (first: unknown) => (await session().reader.ask(query, { first })).status;
    assert.deepEqual([await status(undefined), await status(50), await status(1000), await status("x")], [200, 200, 400, 400]);
  });

  it("may repeat fragments without costing time", async () => {
    assert.equal((await session().reader.ask(fragments(200))).status, 200);
  });

  it("may introspect the schema as tools do", async () => {
    const found = await session().reader.ask(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true, specifiedByUrl: true, schemaDescription: true }));
    assert.deepEqual([found.status, found.errors], [200, []]);
  });

  it("may be chosen by name", async () => {
    const named = await session().reader.post({ query: "query A { __typename } query B { status { version } }", operationName: "A" });
    assert.deepEqual(named.data, { __typename: "Query" });
  });

  const requests: readonly (readonly [rule: string, body: string | object, headers: Record<string, string>, status: number])[] = [
    ["no JSON", "{", {}, 400],
    ["a list: there are no batches", [{ query: "{ __typename }" }], {}, 400],
    ["nothing", {}, {}, 400],
    ["null", "null", {}, 400],
    ["a query that is no text", { query: 1 }, {}, 400],
    ["variables that are no object", { query: "{ __typename }", variables: [] }, {}, 400],
    ["variables without a bottom", `{"query":"{ __typename }","variables":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`, {}, 400],
    ["a hash that is none", { documentId: "md5:00" }, {}, 400],
    ["another media type", "{}", { "content-type": "text/plain" }, 415],
    ["a form", "query={__typename}", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["a compressed body", "{}", { "content-encoding": "gzip" }, 415],
    ["too many bytes", `{"query":"${" ".repeat(300_000)}"}`, {}, 413],
    ["a position that is none", { query: "{ __typename }" }, { "waybill-after": "-1" }, 400],
  ];
  for (const [rule, body, headers, status] of requests)
    it(`are refused with ${status}: ${rule}`, async () => {
      const refused = await session().reader.post(body, headers);
      assert.equal(refused.status, status, refused.text.slice(0, 300));
      assert.ok(refused.code);
    });

  it("are taken by GET, mutations not", async () => {
    const { reader, app } = session();
    const headers = { authorization: `Bearer ${await app.token("admin")}` };
    const get = async (search: object) => resultOf(await fetch(`${reader.url}?${new URLSearchParams(Object.entries(search))}`, { headers }));
    const found = await get({ query: "query A($n: String!) { repository(name: $n) { name } }", variables: `{"n":"none"}`, operationName: "A" });
    assert.deepEqual(found.data, { repository: null });
    assert.equal((await get({ query: `mutation { publish(input: { repository: "a" }) { task { id } } }` })).status, 405);
    assert.equal((await get({ query: "{ __typename }", variables: "{" })).status, 400);
    assert.equal((await get({ query: "subscription { events { id } }", extensions: "[]" })).status, 400);
  });

  it("may hold a thousand targets as literals", async () => {
    const { admin } = session();
    await admin.ask(documents.bootstrap, { input: { repository: "demo" } });
    const literals = targets(1000, "l").map(({ path, length, sha256 }) => `{ path: "${path}", length: ${length}, sha256: "${sha256}" }`);
    const added = await admin.ask(`mutation { addTargets(input: { repository: "demo", publish: false, targets: [${literals.join(" ")}] }) { task { id } } }`);
    assert.deepEqual(added.data, { addTargets: { task: null } });
  });
});

describe("GraphQL persisted documents", () => {
  const session = sessionOf();
  const query = "{ status { version } }";
  const sha256 = hash("sha256", query);
  const apollo = { persistedQuery: { version: 1, sha256Hash: sha256 } };

  it("are unknown until they came once with their text, then the hash is enough, in either form", async () => {
    const { reader } = session();
    const unknown = await reader.post({ documentId: `sha256:${sha256}` });
    assert.deepEqual([unknown.status, unknown.code, unknown.errors[0]?.message], [400, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"]);
    assert.deepEqual((await reader.post({ query, extensions: apollo })).data, { status: { version: "0.0.0" } });
    assert.deepEqual((await reader.post({ documentId: `sha256:${sha256}` })).data, { status: { version: "0.0.0" } });
    assert.deepEqual((await reader.post({ extensions: apollo })).data, { status: { version: "0.0.0" } });
  });

  it("are not remembered under a hash that is not theirs, nor when they are not valid", async () => {
    const { reader } = session();
    const wrong = await reader.post({ query: "{ __typename }", documentId: `sha256:${sha256}` });
    assert.equal(wrong.code, "PERSISTED_QUERY_MISMATCH");
    const invalid = "{ nothing }";
    const documentId = `sha256:${hash("sha256", invalid)}`;
    assert.equal((await reader.post({ query: invalid, documentId })).code, "GRAPHQL_VALIDATION_FAILED");
    assert.equal((await reader.post({ documentId })).code, "PERSISTED_QUERY_NOT_FOUND");
  });
});

describe("GraphQL in allow-list mode", () => {
  const query = "{ status { version } }";
  const session = sessionOf({ persisted: { registered: [query], only: true } });

  it("carries out registered documents by hash and by text, and nothing else", async () => {
    const { admin } = session();
    const documentId = `sha256:${hash("sha256", query)}`;
    for (const body of [{ documentId }, { query }, { query, documentId }]) assert.deepEqual((await admin.post(body)).data, { status: { version: "0.0.0" } });
    const other = "{ __typename }";
    const otherId = `sha256:${hash("sha256", other)}`;
    assert.equal((await admin.post({ query: other })).code, "PERSISTED_QUERY_REQUIRED");
    assert.equal((await admin.post({ query: other, documentId: otherId })).code, "PERSISTED_QUERY_REQUIRED");
    assert.equal((await admin.post({ documentId: otherId })).code, "PERSISTED_QUERY_NOT_FOUND");
  });
});
