import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse, validate } from "graphql";
import { schema } from "#api/graphql/schema.ts";
import { envelopeOf, provenance } from "#test/domain/graph/intake/samples.ts";
import { sessionOf } from "#test/support/graphql/session.ts";

const image = `sha256:${"ab".repeat(32)}`;
const bash = "pkg:deb/debian/bash@5.2?arch=amd64";
const recordNodes = "mutation ($input: RecordNodesInput!) { recordNodes(input: $input) { receipt { position stream eventIds } task { id } } }";
const recordLinks = "mutation ($input: RecordLinksInput!) { recordLinks(input: $input) { receipt { position eventIds } } }";
const recordDeployment = "mutation ($input: RecordDeploymentInput!) { recordDeployment(input: $input) { receipt { position eventIds } } }";

describe("GraphQL of the artifact graph", () => {
  const session = sessionOf();
  const positions: number[] = [];
  const send = async (query: string, input: object, name: string) => {
    const answer = await session().writer.ask(query, { input });
    assert.deepEqual(answer.errors, []);
    positions.push(Number(answer.at(`${name}.receipt.position`)));
  };
  const ask = async (fields: string, args = "") => {
    const answer = await session().reader.ask(`{ graph${args} { ${fields} } }`, {});
    assert.deepEqual(answer.errors, []);
    return answer;
  };

  before(async () => {
    await send(recordNodes, { source: "ci", nodes: [{ key: image, kind: "IMAGE", attributes: { name: "shop", size: 7 } }], reason: "release" }, "recordNodes");
    const links = [
      { type: "CONTAINS", from: image, to: "PKG:deb/Debian/bash@5.2?arch=amd64", attributes: { layer: "1" } },
      { type: "AFFECTS", from: "vulnerability/CVE-2026-1", to: bash },
    ];
    await send(recordLinks, { source: "syft", links }, "recordLinks");
    await send(recordDeployment, { environment: "prod", source: "ci", deployments: [{ service: "shop", artifact: image }] }, "recordDeployment");
    await session().app.settled();
  });

  it("says of a node and its attributes who says so, since when, and by which event", async () => {
    const answer = await ask(`position node(key: "${image.toUpperCase().replace("SHA", "sha")}") { key kind since { position type reason actor } attributes { name value source since { position eventId } } claims { source } }`);
    const since = { position: positions[0], type: "graph.NodesRecorded.v1", reason: "release" };
    assert.deepEqual(answer.at("graph.node.kind"), "IMAGE");
    assert.deepEqual([answer.at("graph.node.since.position"), answer.at("graph.node.since.type"), answer.at("graph.node.since.reason")], Object.values(since));
    assert.deepEqual(
      [answer.at("graph.node.attributes.0.name"), answer.at("graph.node.attributes.0.value"), answer.at("graph.node.attributes.0.source"), answer.at("graph.node.attributes.0.since.position")],
      ["name", "shop", "ci", positions[0]],
    );
    assert.equal(answer.at("graph.node.claims.0.source"), "ci");
  });

  it("reads a document, and says what it brought and where it is wrong", async () => {
    const recordDocument = `mutation ($input: RecordDocumentInput!) { recordDocument(input: $input) { receipt { eventIds } document { key format nodes links withdrawn skipped signatures { keyid verdict key } } } }`;
    const statement = envelopeOf(provenance, () => Buffer.from("s"));
    const record = (input: object) => session().writer.ask(recordDocument, { input: { source: "docs", ...input } });
    const answer = await record({ content: JSON.stringify(statement) });
    assert.deepEqual([answer.errors, answer.at("recordDocument.document.format"), answer.at("recordDocument.document.links")], [[], "SLSA provenance v1", 5]);
    assert.deepEqual(answer.at("recordDocument.document.signatures"), [{ keyid: "ci-2026", verdict: "NO_KEY_GIVEN", key: null }]);
    const codes = [{ content: "{}" }, { content: JSON.stringify({ ...statement, payload: 7 }) }, { blob: "00".repeat(32) }, { content: "{}", keys: ["none"] }, {}, { content: "{}", blob: "00".repeat(32) }].map(async (input) => (await record(input)).code);
    assert.deepEqual(await Promise.all(codes), ["DOCUMENT_UNKNOWN", "DOCUMENT_MALFORMED", "BLOB_NOT_FOUND", "KEY_MALFORMED", "INVALID_INPUT", "INVALID_INPUT"]);
  });

  it("takes a natural key wherever an id is", async () => {
    const answer = await session().reader.ask("query ($id: ID!) { node(id: $id) { __typename id ... on GraphNode { key kind } } }", { id: bash });
    assert.deepEqual([answer.at("node.key"), answer.at("node.kind")], [bash, "VERSION"]);
    const again = await session().reader.ask("query ($id: ID!) { node(id: $id) { ... on GraphNode { key } } }", { id: answer.at("node.id") });
    assert.equal(again.at("node.key"), bash);
  });

  it("finds neighbours, what needs a node, ways, and what runs", async () => {
    const near = await ask(`neighbours(key: "${bash}") { totalCount edges { node { outward node { key } link { type claims { source attributes since { position } } } } } }`);
    assert.deepEqual(near.at("graph.neighbours.totalCount"), 2);
    assert.deepEqual([near.at("graph.neighbours.edges.0.node.node.key"), near.at("graph.neighbours.edges.0.node.link.claims.0.attributes")], [image, { layer: "1" }]);
    const begun = await ask(`node(key: "${image}") { since { position } } dependents(key: "${bash}") { edges { cursor node { node { since { position } } } } pageInfo { endCursor } }`);
    assert.deepEqual(begun.at("graph.dependents.edges.0.node.node.since.position"), begun.at("graph.node.since.position"));
    assert.deepEqual(begun.at("graph.dependents.edges.0.cursor"), begun.at("graph.dependents.pageInfo.endCursor"));
    const needs = await ask(`dependents(key: "${bash}") { totalCount truncated levels edges { node { depth node { key } } } } dependencies(key: "${image}", kinds: [VERSION]) { totalCount edges { node { node { key } } } }`);
    assert.deepEqual([needs.at("graph.dependents.levels"), needs.at("graph.dependents.edges.0.node.node.key"), needs.at("graph.dependencies.edges.0.node.node.key")], [[1], image, bash]);
    const way = await ask(`path(from: "vulnerability/CVE-2026-1", to: "environment/prod", direction: BOTH) { length nodes { key } links { type } }`);
    assert.equal(way.at("graph.path.length"), 4);
    const radius = await ask(`blastRadius(key: "vulnerability/CVE-2026-1") { affected truncated environments { environment count deployments { service depth artifact { key } since { position } } } }`);
    assert.deepEqual(radius.at("graph.blastRadius.environments.0.environment"), "prod");
    assert.deepEqual(
      [radius.at("graph.blastRadius.environments.0.deployments.0.service"), radius.at("graph.blastRadius.environments.0.deployments.0.depth"), radius.at("graph.blastRadius.environments.0.deployments.0.since.position")],
      ["shop", 2, positions[2]],
    );
  });

  it("shows one moment in every answer: a position, a time, an event", async () => {
    const [first = 0] = positions;
    const answer = await ask(`asOf nodes { totalCount edges { node { key } } } node(key: "${bash}") { key } blastRadius(key: "${image}") { environments { count } }`, `(asOf: { position: ${first} })`);
    assert.deepEqual([answer.at("graph.nodes.totalCount"), answer.at("graph.nodes.edges.0.node.key"), answer.at("graph.node"), answer.at("graph.blastRadius.environments")], [1, image, null, []]);
    const since = await ask(`node(key: "${bash}") { since { eventId at } }`);
    const byEvent = await ask(`asOf nodes { totalCount }`, `(asOf: { event: "${String(since.at("graph.node.since.eventId"))}" })`);
    assert.equal(byEvent.at("graph.asOf"), positions[1]);
    const byTime = await ask(`asOf`, `(asOf: { time: "2001-01-01T00:00:00Z" })`);
    assert.equal(byTime.at("graph.asOf"), 0);
  });

  it("explains a node, an attribute and a link by the events behind them", async () => {
    const answer = await ask(
      `node: explain(node: "${image}") { truncated facts { what source begun { position } ended { position } } }
       size: explain(node: "${image}", attribute: "size") { facts { name value begun { type } } }
       link: explain(link: { type: CONTAINS, from: "${image}", to: "${bash}" }) { facts { source attributes begun { position } } }`,
    );
    assert.deepEqual([answer.at("graph.node.facts.0.what"), answer.at("graph.node.facts.0.begun.position"), answer.at("graph.node.facts.0.ended")], ["NODE", positions[0], null]);
    assert.deepEqual(answer.at("graph.size.facts"), [{ name: "size", value: 7, begun: { type: "graph.NodesRecorded.v1" } }]);
    assert.deepEqual(answer.at("graph.link.facts"), [{ source: "syft", attributes: { layer: "1" }, begun: { position: positions[1] } }]);
    assert.equal((await session().reader.ask("{ graph { explain { truncated } } }", {})).code, "INVALID_INPUT");
  });

  it("tells what changed between two moments, who did it and by which event", async () => {
    const fields = "edges { node { what change key to type by { position actor type } } } pageInfo { hasNextPage endCursor }";
    const answer = await ask(`diff(from: { position: ${positions[1]} }, first: 1) { ${fields} } small: diff(from: { position: 0 }, key: "${bash}") { edges { node { key } } }`);
    assert.deepEqual([answer.at("graph.diff.edges.0.node.what"), answer.at("graph.diff.edges.0.node.change"), answer.at("graph.diff.edges.0.node.by.position")], ["NODE", "ADDED", positions[2]]);
    assert.deepEqual(answer.at("graph.small.edges"), [{ node: { key: bash } }]);
    const runs = await ask(`diff(from: { position: ${positions[1]} }, key: "deployment/prod/shop") { edges { node { key type } } }`);
    assert.deepEqual(runs.at("graph.diff.edges.1.node"), { key: image, type: "DEPLOYED_TO" });
    const rest = await ask(`diff(from: { position: ${positions[1]} }, after: "${String(answer.at("graph.diff.pageInfo.endCursor"))}") { ${fields} }`);
    assert.deepEqual([rest.at("graph.diff.edges.1.node.what"), rest.at("graph.diff.edges.1.node.type"), rest.at("graph.diff.pageInfo.hasNextPage")], ["LINK", "DEPLOYED_TO", false]);
  });

  it("refuses a moment that has not come, and one that is none", async () => {
    const { reader } = session();
    assert.equal((await reader.ask("{ graph(asOf: { position: 999999 }) { asOf } }", {})).code, "POSITION_AHEAD");
    assert.equal((await reader.ask('{ graph(asOf: { time: "2999-01-01T00:00:00Z" }) { asOf } }', {})).code, "INVALID_INPUT");
    assert.equal((await reader.ask("{ graph(asOf: {}) { asOf } }", {})).code, "INVALID_INPUT");
    assert.equal((await reader.ask('{ graph(asOf: { event: "0197d2a0-0000-7000-8000-000000000001" }) { asOf } }', {})).code, "INVALID_INPUT");
  });

  it("filters, pages and counts", async () => {
    const filter = `{ or: [{ kind: { eq: IMAGE }, attribute: { name: "size", gte: 7, lt: 8 } }, { key: { prefix: "pkg:deb/" } }], not: { text: "nowhere" } }`;
    const first = await ask(`nodes(filter: ${filter}, first: 1) { totalCount pageInfo { hasNextPage endCursor } edges { node { key } } }`);
    assert.deepEqual([first.at("graph.nodes.totalCount"), first.at("graph.nodes.edges.0.node.key"), first.at("graph.nodes.pageInfo.hasNextPage")], [2, bash, true]);
    const second = await ask(`nodes(filter: ${filter}, first: 1, after: "${String(first.at("graph.nodes.pageInfo.endCursor"))}") { pageInfo { hasNextPage } edges { node { key } } }`);
    assert.deepEqual([second.at("graph.nodes.edges.0.node.key"), second.at("graph.nodes.pageInfo.hasNextPage")], [image, false]);
  });

  it("resolves digests, beginnings and words", async () => {
    const answer = await ask(`bare: resolve(text: "${"ab".repeat(32)}") { key } begins: resolve(text: "pkg:deb/debian/bash") { key } words: resolve(text: "shop prod") { key }`);
    assert.deepEqual([answer.at("graph.bare.0.key"), answer.at("graph.begins.0.key"), answer.at("graph.words.0.key")], [image, bash, "deployment/prod/shop"]);
  });

  it("tells every fault of facts with its path", async () => {
    const links = [
      { type: "CONTAINS", from: "nonsense", to: image },
      { type: "DEPLOYED_TO", from: image, to: "environment/prod" },
    ];
    const refused = await session().writer.ask(recordLinks, { input: { source: "trust:mine", links } });
    const issues = JSON.stringify(refused.errors[0]?.extensions["issues"]);
    assert.equal(refused.code, "INVALID_INPUT");
    for (const path of ['["input","source"]', '["input","links",0,"from"]', '["input","links",1,"type"]']) assert.ok(issues.includes(path), path);
    const nodes = [{ key: bash, kind: "IMAGE" }];
    assert.equal((await session().writer.ask(recordNodes, { input: { source: "ci", nodes } })).code, "INVALID_INPUT");
  });

  it("bounds what a filter asks for", async () => {
    const deep = Array.from({ length: 12 }).reduce<string>((inner) => `{ not: ${inner} }`, '{ text: "a" }');
    assert.equal((await session().reader.ask(`{ graph { nodes(filter: ${deep}) { totalCount } } }`, {})).code, "INVALID_INPUT");
  });

  it("is what its README shows", () => {
    const [, example = ""] = /```graphql\n([^`]+)```/.exec(readFileSync("domain/graph/README.md", "utf8")) ?? [];
    assert.deepEqual(validate(schema, parse(example)), []);
  });
});
