import assert from "node:assert/strict";
import { resultOf } from "#test/support/graphql/client.ts";
import { documents, sessionOf } from "#test/support/graphql/session.ts";
import { eventually } from "#test/support/projecting.ts";

describe("GraphQL access", () => {
  const session = sessionOf();

  it("is closed without a valid token, before anything is read or carried out", async () => {
    const { reader } = session();
    for (const authorization of ["", "Basic eDp5", "Bearer", "Bearer wb_unknown", "Bearer \u00e9"]) {
      const refused = await reader.post("not even JSON", { authorization });
      assert.deepEqual([refused.status, refused.code], [401, "UNAUTHENTICATED"], authorization);
      assert.match(refused.headers.get("content-type") ?? "", /^application\/problem\+json/);
      // GraphiQL, and whoever knows only GraphQL, shows this.
      assert.deepEqual(refused.errors.map(({ extensions }) => extensions["code"]), ["UNAUTHENTICATED"]);
    }
  });

  it("lets readers read, writers write too, administrators do the rest", async () => {
    const { reader, writer, admin } = session();
    const input = { repository: "none", targets: [], name: "" };
    const ways = [
      { document: "{ status { version } }", codes: [undefined, undefined, undefined] },
      { document: documents.add, codes: ["FORBIDDEN", "INVALID_INPUT", "INVALID_INPUT"] },
      { document: "{ tokens { position } }", codes: ["FORBIDDEN", "FORBIDDEN", undefined] },
      { document: `mutation { rebuildProjection(input: { name: "x!" }) { name } }`, codes: ["FORBIDDEN", "FORBIDDEN", "INVALID_INPUT"] },
      { document: `mutation { bootstrapRepository(input: { repository: "0" }) { task { id } } }`, codes: ["FORBIDDEN", "FORBIDDEN", "INVALID_INPUT"] },
      { document: `mutation { issueToken(input: { name: "", scope: READ }) { secret } }`, codes: ["FORBIDDEN", "FORBIDDEN", "INVALID_INPUT"] },
      { document: `mutation { revokeToken(input: { id: "x" }) { task { id } } }`, codes: ["FORBIDDEN", "FORBIDDEN", "INVALID_INPUT"] },
    ];
    for (const { document, codes } of ways) {
      const variables = document.includes("$input") ? { input: { repository: input.repository, targets: [] } } : {};
      const found = await Promise.all([reader, writer, admin].map((client) => client.ask(document, variables)));
      assert.deepEqual(found.map(({ code }) => code), codes, document);
    }
  });

  it("lets nobody but administrators see a token by its id", async () => {
    const { reader, admin } = session();
    const id = (await admin.ask("{ tokens(first: 1) { edges { node { id } } } }")).at("tokens.edges.0.node.id");
    const refused = await reader.ask("query ($id: ID!) { node(id: $id) { id } }", { id });
    assert.deepEqual([refused.code, refused.data], ["FORBIDDEN", { node: null }]);
  });

  it("keeps what events tell about tokens from those who may not see tokens", async () => {
    const { admin, writer, app } = session();
    await admin.ask(`mutation { issueToken(input: { name: "hidden", scope: READ }) { receipt { position } } }`);
    await app.settled();
    const document = `{ events(type: "access.*", last: 1) { edges { node { type data } } } }`;
    const [seen, known] = await Promise.all([writer, admin].map(async (client) => (await client.ask(document)).at("events.edges.0.node")));
    assert.deepEqual(seen, { type: "access.TokenIssued.v1", data: { withheld: "admin" } });
    assert.match(JSON.stringify(known), /secretSha256/);
  });

  it("shows a new token's secret once, takes it until it is revoked, and not for ever after", async () => {
    const { admin, reader, app } = session();
    const issued = await admin.ask(`mutation { issueToken(input: { name: "ci", scope: READ }) { tokenId secret receipt { position } } }`);
    const headers = { authorization: `Bearer ${String(issued.at("issueToken.secret"))}` };
    await app.settled();
    const asked = () => reader.ask("{ status { version } }", {}, headers);
    assert.equal((await asked()).status, 200);
    const revoked = await admin.ask("mutation ($id: ID!) { revokeToken(input: { id: $id }) { receipt { position } } }", { id: issued.at("issueToken.tokenId") });
    assert.deepEqual(revoked.errors, []);
    await app.settled();
    assert.equal((await eventually(asked, ({ status }) => status !== 200)).status, 401);
  });

  it("shows GraphiQL to a browser without a token, with its scripts inside", async () => {
    const page = await fetch(session().reader.url, { headers: { accept: "text/html,*/*" } });
    const html = await page.text();
    assert.deepEqual([page.status, /<script[^>]*\ssrc=|<link[^>]*href="http/.test(html)], [200, false]);
    assert.match(html, /Authorization/);
  });

  it("is closed to a browser's queries all the same", async () => {
    const refused = await resultOf(await fetch(`${session().reader.url}?query={__typename}`, { headers: { accept: "text/html" } }));
    assert.equal(refused.status, 401);
  });
});
