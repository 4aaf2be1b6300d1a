import assert from "node:assert/strict";
import * as fc from "fast-check";
import { z } from "zod";
import { type Client, serve } from "#test/support/graphql/client.ts";
import { documents, impatient, sessionOf, targets } from "#test/support/graphql/session.ts";

const page = `query ($first: Int, $after: String, $last: Int, $before: String, $prefix: String) {
  targets(repository: "demo", first: $first, after: $after, last: $last, before: $before, prefix: $prefix) {
    edges { cursor node { path } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } position stale } }`;

const Page = z.object({
  targets: z.object({
    edges: z.array(z.object({ cursor: z.string(), node: z.object({ path: z.string() }) })),
    pageInfo: z.object({ hasNextPage: z.boolean(), hasPreviousPage: z.boolean(), startCursor: z.string().nullable(), endCursor: z.string().nullable() }),
  }),
});

const pageOf = async (client: Client, variables: object) => Page.parse((await client.ask(page, variables)).data).targets;

/** Every path, page by page in one direction. */
const walked = async (client: Client, size: number, backward: boolean): Promise<string[]> => {
  const paths: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const { edges, pageInfo } = await pageOf(client, backward ? { last: size, before: cursor } : { first: size, after: cursor });
    const found = edges.map(({ node }) => node.path);
    if (backward) paths.unshift(...found);
    else paths.push(...found);
    cursor = backward ? pageInfo.startCursor : pageInfo.endCursor;
    if (!(backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return paths;
  }
};

describe("GraphQL reads", () => {
  const session = sessionOf();
  const paths = ["z", "é", "e\u0301", "pool/a", "pool/b", "pool/\uffee", "poor", "ﬀ", "a b", "a'b", "100_", "1000"];

  before(async () => {
    const { admin, writer, app } = session();
    await admin.ask(documents.bootstrap, { input: { repository: "demo" } });
    const [first] = targets(1);
    await writer.ask(documents.add, { input: { repository: "demo", targets: paths.map((path) => ({ ...first, path })) } });
    await app.settled();
  });

  it("page forward and backward through all targets in the order of their UTF-8 bytes, whatever the size of a page", () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: paths.length + 1 }), fc.boolean(), async (size, backward) => {
        const expected = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        assert.deepEqual(await walked(session().reader, size, backward), expected);
      }),
      { numRuns: 20 },
    ));

  it("find targets by the beginning of their path", async () => {
    const { edges } = await pageOf(session().reader, { prefix: "pool/" });
    assert.deepEqual(edges.map(({ node }) => node.path), ["pool/a", "pool/b", "pool/\uffee"]);
    assert.deepEqual((await pageOf(session().reader, { prefix: "100_" })).edges.length, 1);
  });

  it("say of an empty page that there is nothing before it and behind it", async () => {
    const { edges, pageInfo } = await pageOf(session().reader, { prefix: "none" });
    assert.deepEqual([edges, pageInfo], [[], { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null }]);
  });

  it("refuse a cursor that is none, or another connection's, and two directions at once", async () => {
    const { reader } = session();
    const events = await reader.ask("{ events(last: 1) { edges { cursor } } }");
    const foreign = events.at("events.edges.0.cursor");
    for (const variables of [{ after: "x" }, { before: "" }, { after: foreign }, { first: 1, last: 1 }, { first: -1 }, { last: 1001 }])
      assert.equal((await reader.ask(page, variables)).code, "INVALID_INPUT", JSON.stringify(variables));
  });

  it("show metadata newest first, all roles or one, with its content", async () => {
    const { reader, app } = session();
    await app.publish("demo", 2);
    const all = await reader.ask(`{ metadata(repository: "demo", first: 1) { edges { node { version content } } pageInfo { hasNextPage } } }`);
    assert.equal(all.at("metadata.edges.0.node.version"), 2);
    const one = await reader.ask(`{ metadata(repository: "demo", role: "snapshot") { edges { node { id role version content } } } }`);
    assert.deepEqual(one.at("metadata.edges.1.node.content"), { signed: { _type: "snapshot", version: 1 }, signatures: [] });
    const again = await reader.ask("query ($id: ID!) { node(id: $id) { ... on Metadata { role version } } }", { id: one.at("metadata.edges.0.node.id") });
    assert.deepEqual(again.data, { node: { role: "snapshot", version: 2 } });
  });

  it("give back by its global id whatever has one", async () => {
    const { admin } = session();
    const shown = await admin.ask(`{
      repository(name: "demo") { id } target(repository: "demo", path: "pool/a") { id } tasks { edges { node { id } } }
      events(first: 1) { edges { node { id } } } tokens { edges { node { id } } } }`);
    const ids = ["repository.id", "target.id", "tasks.edges.0.node.id", "events.edges.0.node.id", "tokens.edges.0.node.id"].map(shown.at);
    const again = await Promise.all(ids.map((id) => admin.ask("query ($id: ID!) { node(id: $id) { id __typename } }", { id })));
    assert.deepEqual(again.map(({ at }) => at("node.id")), ids);
    assert.deepEqual(again.map(({ at }) => at("node.__typename")), ["Repository", "Target", "Task", "Event", "Token"]);
  });

  it("say that an id is none, and null where nothing has it", async () => {
    const { reader } = session();
    const node = async (id: string) => reader.ask("query ($id: ID!) { node(id: $id) { id } }", { id });
    for (const id of ["", "x", "UXVlcnk6MQ==", "Tm9ib2R5OjE="]) assert.equal((await node(id)).code, "INVALID_INPUT", id);
    for (const id of ["Repository:Nope", "Target:x", "Task:y", "Event:-1", "Metadata:a/b/c"])
      assert.deepEqual((await node(Buffer.from(id).toString("base64"))).data, { node: null }, id);
  });

  it("wait for the position that they are asked to show", async () => {
    const { reader, writer, app } = session();
    app.hold(true);
    const added = await writer.ask(documents.add, { input: { repository: "demo", targets: targets(1, "later"), publish: false } });
    const after = added.at("addTargets.receipt.position");
    const asking = reader.ask(`query ($after: Position) { target(repository: "demo", path: "later-0", after: $after) { position stale } }`, { after });
    setTimeout(() => app.hold(false), 50);
    assert.deepEqual((await asking).at("target"), { position: after, stale: false });
  });

  it("show what there is and call it stale when that takes too long, by argument and by header", async () => {
    const { writer, app } = session();
    await using reader = await serve({ ...app.application, limits: impatient }, await app.token("read"));
    const before = await app.application.log.head();
    app.hold(true);
    const added = await writer.ask(documents.add, { input: { repository: "demo", targets: targets(1, "latest"), publish: false } });
    const after = added.at("addTargets.receipt.position");
    const byHeader = await reader.ask(`{ repository(name: "demo") { position stale } }`, {}, { "waybill-after": String(after) });
    const byArgument = await reader.ask("query ($after: Position) { events(afterPosition: $after, last: 1) { position stale } }", { after });
    app.hold(false);
    assert.deepEqual(byHeader.data, { repository: { position: before, stale: true } });
    assert.deepEqual(byArgument.data, { events: { position: before, stale: true } });
  });

  it("filter events by stream, type, beginning of a type and correlation", async () => {
    const { reader, app } = session();
    await app.settled();
    const types = async (filter: string) => {
      const found = await reader.ask(`{ events(first: 3, ${filter}) { edges { node { type } } } }`);
      return z.array(z.object({ node: z.object({ type: z.string() }) })).parse(found.at("events.edges")).map(({ node }) => node.type);
    };
    assert.deepEqual(await types(`stream: "trust.repository-demo"`), ["trust.RepositoryEstablished.v1"]);
    assert.deepEqual(await types(`type: "tasks.TaskQueued.v1"`), ["tasks.TaskQueued.v1"]);
    assert.deepEqual(await types(`type: "access.*"`), ["access.TokenIssued.v1", "access.TokenIssued.v1", "access.TokenIssued.v1"]);
    assert.deepEqual(await types(`correlationId: "nobody"`), []);
  });

  it("page through events by a filter of what they are about", async () => {
    const query = `query ($first: Int, $after: String, $last: Int, $filter: String) { events(first: $first, after: $after, last: $last, filter: $filter) {
      edges { node { position type } } pageInfo { hasNextPage endCursor } } }`;
    const Events = z.object({ events: z.object({ edges: z.array(z.object({ node: z.object({ position: z.number(), type: z.string() }) })), pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }) }) });
    const ask = async (variables: object) => Events.parse((await session().reader.ask(query, variables)).data).events;
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { edges, pageInfo } = await ask({ first: 1, after, filter: "kind=repository" });
      seen.push(...edges.map(({ node }) => node.type));
      after = pageInfo.endCursor;
      more = pageInfo.hasNextPage;
    }
    assert.ok(seen.length > 1 && seen.every((type) => type.startsWith("trust.")), seen.join());
    assert.equal((await ask({ last: 1, filter: "kind=artifact" })).edges[0]?.node.type, "trust.TargetsAdded.v1");
    assert.equal((await session().reader.ask(query, { filter: "kin=artifact" })).code, "INVALID_INPUT");
  });
});
