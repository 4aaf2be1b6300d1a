import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { advisory, cycloneDx, envelopeOf, provenance } from "#test/domain/graph/intake/samples.ts";
import { page } from "./support/answers.ts";
import { type Answer, FakeServer } from "./support/fake-server.ts";
import { temporaryFolder, waybill } from "./support/waybill.ts";

const change = { position: 7, eventId: "01939c1e-8f2a-7c55-b3a0-5d1e6f0a9b7c", type: "graph.NodesRecorded.v1", actor: "token:ci", reason: "release", at: "2026-11-21T12:00:00.000Z" };
const shown = { position: 9, stale: false, asOf: null };
const brief = (key: string, kind = "VERSION") => ({ key, kind, since: change });
const graph = (fields: object) => (): Answer => ({ data: { graph: { ...shown, ...fields } } });
const receipt = { position: 12, eventIds: ["e"], replayed: false };
const done = (field: string) => (): Answer => ({ data: { [field]: { receipt, task: null } } });
const ms = "pkg:npm/ms@2.1.3";

const run = (server: FakeServer, ...args: readonly string[]) => waybill(["graph", ...args], { env: { WAYBILL_URL: server.url, WAYBILL_TOKEN: "wb_test" } });
const asking = async (answers: Record<string, () => Answer>, ...args: readonly string[]) => {
  await using server = await FakeServer.start({ answers });
  return { ...(await run(server, ...args)), asked: server.asked };
};

describe("waybill graph", () => {
  it("shows a node with what its sources say, since when", async () => {
    const node = { ...brief(ms), attributes: [{ name: "licenses", value: ["MIT", "ISC"], source: "syft", since: change }], claims: [{ source: "syft", since: change }] };
    const { stdout, code } = await asking({ GraphNode: graph({ node }) }, "node", "PKG:npm/ms@2.1.3");
    assert.equal(code, 0);
    assert.match(stdout, /^key +pkg:npm\/ms@2\.1\.3$/m);
    assert.match(stdout, /^since +2026-11-21 12:00:00Z by token:ci \(position 7\): release$/m);
    assert.match(stdout, /^licenses +syft +2026-11-21 +MIT, ISC$/m);
  });

  it("takes a moment as a position, a time or an event", async () => {
    for (const [text, asOf] of [
      ["12", { position: 12 }],
      ["2026-11-20", { time: "2026-11-20T00:00:00.000Z" }],
      ["2026-11-20 10:00:00Z", { time: "2026-11-20T10:00:00.000Z" }],
      ["2026-11-20T10:00:00+01:00", { time: "2026-11-20T09:00:00.000Z" }],
      [change.eventId, { event: change.eventId }],
    ] as const) {
      const { asked, stderr } = await asking({ GraphNode: () => ({ data: { graph: { ...shown, asOf: 5, node: { ...brief(ms), attributes: [], claims: [] } } } }) }, "node", ms, "--as-of", text);
      assert.deepEqual(asked[0]?.variables["asOf"], asOf);
      assert.match(stderr, /as of position 5/);
    }
    assert.equal((await asking({}, "node", ms, "--as-of", "yesterday")).code, 2);
  });

  it("names what may have been meant where there is no such node: an advisory by its alias", async () => {
    const meant = { GraphBlastRadius: graph({ blastRadius: null }), GraphResolve: graph({ resolve: [brief("vulnerability/GHSA-1")] }) };
    const { code, asked, stderr } = await asking(meant, "blast-radius", "vulnerability/CVE-2026-1", "--fail");
    assert.deepEqual([code, asked[1]?.variables["text"]], [3, "CVE-2026-1"]);
    assert.match(stderr, /there is no node vulnerability\/CVE-2026-1\ndid you mean vulnerability\/GHSA-1\? find it/);
  });

  it("ends with 3 where there is no such node, 2 where the text is no key", async () => {
    const unknown = { GraphResolve: graph({ resolve: [] }) };
    const missing = await asking({ ...unknown, GraphNode: graph({ node: null }) }, "node", ms);
    assert.deepEqual([missing.code, missing.stdout], [3, ""]);
    assert.match(missing.stderr, /there is no node pkg:npm\/ms@2\.1\.3\nfind it by a part of it: .* graph resolve ms/);
    const { code, stderr } = await asking({}, "dependents", "ms");
    assert.equal(code, 2);
    assert.match(stderr, /"ms" is no key: a package URL, sha256:/);
    assert.equal((await asking({ ...unknown, GraphDependents: graph({ reached: null }) }, "dependents", ms)).code, 3);
    assert.equal((await asking(unknown, "resolve", "nothing")).code, 3);
    const path = { length: null, truncated: false, nodes: [], links: [] };
    assert.equal((await asking({ GraphPath: graph({ path }) }, "path", ms, ms)).code, 3);
  });

  it("lists what was reached with its distance, and says what is left out", async () => {
    const edges = [{ node: { depth: 1, node: { key: ms, kind: "VERSION" } } }];
    const reached = { totalCount: 3, levels: [1, 2], truncated: true, edges, pageInfo: page };
    const { stdout } = await asking({ GraphDependencies: graph({ reached }) }, "dependencies", ms, "--type", "depends-on,built-from", "-n", "1");
    assert.equal(stdout, `DEPTH  KIND     KEY\n    1  version  ${ms}\n\nat least 3 nodes, by distance 1 + 2\nthere are more than were reached: --reach N\n1 of 3 nodes; more with --limit\n`);
    const json = await asking({ GraphDependencies: graph({ reached }) }, "dependencies", ms, "--json");
    assert.deepEqual(z.object({ totalCount: z.number(), nodes: z.array(z.unknown()) }).parse(JSON.parse(json.stdout)), { totalCount: 3, nodes: [{ depth: 1, key: ms, kind: "VERSION" }] });
    assert.equal((await asking({ GraphDependents: graph({ reached }) }, "dependents", ms, "--count")).stdout, "at least 3\n");
  });

  it("draws the way, and what would be struck, and fails where it shall", async () => {
    const claims = [{ source: "ci", attributes: {} }];
    const path = { length: 1, truncated: false, nodes: [{ key: "pkg:npm/a@1.0.0", kind: "VERSION" }, { key: ms, kind: "VERSION" }], links: [{ type: "DEPENDS_ON", fromKey: "pkg:npm/a@1.0.0", toKey: ms, claims }] };
    assert.equal((await asking({ GraphPath: graph({ path }) }, "path", "pkg:npm/a@1.0.0", ms)).stdout, `pkg:npm/a@1.0.0  version\n  ↓ depends-on (ci)\n${ms}  version\n`);
    const deployments = [{ service: "shop", depth: 2, source: "ci", artifact: { key: `sha256:${"ab".repeat(32)}`, kind: "IMAGE" }, since: change }];
    const answers = { GraphBlastRadius: graph({ blastRadius: { affected: 4, truncated: false, environments: [{ environment: "prod", count: 1, deployments }] } }) };
    const struck = await asking(answers, "blast-radius", "vulnerability/CVE-1", "--fail");
    assert.equal(struck.code, 3);
    assert.match(struck.stdout, /^4 nodes affected, 1 service of 1 environment running them\n\nENVIRONMENT +SERVICE +SINCE +LINKS +RUNS\nprod +shop +2026-11-21 +2 +sha256:ab/);
    assert.equal((await asking(answers, "blast-radius", "vulnerability/CVE-1", "--fail", "--environment", "staging")).code, 0);
  });

  it("tells differences under the events that made them, and explains", async () => {
    const link = { what: "LINK", change: "ADDED", key: "pkg:npm/a@1.0.0", to: ms, type: "DEPENDS_ON", name: null, source: "ci", before: null, after: { scope: "dev" }, by: change };
    const attribute = { ...link, what: "ATTRIBUTE", change: "CHANGED", to: null, type: null, name: "size", before: 1, after: 2 };
    const diff = { edges: [{ node: link }, { node: attribute }], pageInfo: page };
    const { stdout, asked } = await asking({ GraphDiff: graph({ diff }) }, "diff", "3", "2026-11-21");
    assert.equal(stdout, "7  2026-11-21 12:00:00Z  graph.NodesRecorded.v1 by token:ci: release\n  + pkg:npm/a@1.0.0 depends-on pkg:npm/ms@2.1.3 (ci) scope=dev\n  ~ pkg:npm/a@1.0.0 size (ci): 1 → 2\n");
    assert.deepEqual([asked[0]?.variables["from"], asked[0]?.variables["asOf"]], [{ position: 3 }, { time: "2026-11-21T00:00:00.000Z" }]);
    const fact = { what: "NODE", source: "ci", name: null, value: null, type: null, from: null, to: null, attributes: null, begun: change, ended: { ...change, position: 9 } };
    assert.match((await asking({ GraphExplain: graph({ explain: { truncated: false, facts: [fact] } }) }, "explain", ms)).stdout, /it exists\n +ci, by token:ci, event 01939c1e-\S+ at 7: release\n +until .* at 9/);
    assert.equal((await asking({}, "explain", ms, "eats", ms)).code, 2);
  });

  it("records what files say in commands of 1,000, each thing once", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "facts.ndjson");
    const lines = [{ key: "image/a", attributes: { size: 7 } }, ...Array.from({ length: 2500 }, (_, at) => ({ type: "contains", from: "image/a", to: `pkg:npm/n${at}@1.0.0` })), { type: "CONTAINS", from: "image/a", to: "pkg:npm/n0@1.0.0" }];
    await writeFile(file, lines.map((line) => JSON.stringify(line)).join("\n"));
    await using server = await FakeServer.start({ answers: { RecordNodes: done("recordNodes"), RecordLinks: done("recordLinks") } });
    const { code, stdout } = await run(server, "record", file, "--source", "syft");
    assert.equal(code, 0);
    assert.match(stdout, /^recorded what syft says of 1 node and 2,500 links in .*: 4 events, up to position 12$/m);
    assert.deepEqual(server.namesAsked().toSorted(), ["RecordLinks", "RecordLinks", "RecordLinks", "RecordNodes"]);
  });

  it("sends nothing of a file with anything wrong in it, and says where", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "facts");
    await using server = await FakeServer.start({ answers: {} });
    for (const [text, problem] of [
      ['{"key": "image/a"}\n{"key": "image/b"', /line 2: this is no JSON/],
      ['{"key": "image/a"}\n{"type": "contains", "from": "image/a", "to": "b c"}', /line 2: to must be a package URL/],
      ['{"nodes": [{"key": "image/a"}, {"key": "image/a", "attributes": {"a": 1}}]}', /nodes\[1\]: image\/a was told before, otherwise/],
      ['[{"type": "deployed-to", "from": "image/a", "to": "image/b"}]', /\[0\]: type deployed-to comes of recordDeployment alone/],
    ] as const) {
      await writeFile(file, text);
      const { code, stderr } = await run(server, "record", file);
      assert.equal(code, 2);
      assert.match(stderr, problem);
      assert.match(stderr, /nothing was sent/);
    }
    assert.deepEqual(server.asked, []);
  });

  it("deploys, stops and withdraws", async () => {
    const answers = { RecordDeployment: done("recordDeployment"), Withdraw: done("withdraw") };
    await using server = await FakeServer.start({ answers });
    const digest = "ab".repeat(32);
    assert.match((await run(server, "deploy", "prod", "shop", digest)).stdout, /^deployed sha256:ab.* as shop of prod$/m);
    assert.match((await run(server, "deploy", "prod", "shop", "--stop")).stdout, /^stopped shop of prod$/m);
    assert.equal((await run(server, "deploy", "prod", "shop")).code, 2);
    assert.match((await run(server, "withdraw", "image/a", ms, "--link", "contains")).stdout, /^withdrawn what ci said: 1 event, up to position 12$/m);
    const inputs = server.asked.map(({ variables }) => z.looseObject({}).parse(variables["input"]));
    assert.deepEqual(inputs.map(({ deployments, links }) => deployments ?? links), [
      [{ service: "shop", artifact: `sha256:${digest}` }],
      [{ service: "shop", artifact: null }],
      [{ type: "CONTAINS", from: "image/a", to: ms }],
    ]);
  });
});

const document = { key: `sha256:${"cd".repeat(32)}`, format: "CycloneDX 1.6", nodes: 2, links: 8, newNodes: 2, newLinks: 8, withdrawn: 0, skipped: ["1 × service"], signatures: [] };
const recorded = (more: object = {}) => (): Answer => ({ data: { recordDocument: { receipt, document: { ...document, ...more } } } });

describe("waybill graph import", () => {
  it("sends documents as they are, whatever they are called, large ones as blobs, indexes in commands", async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "docs"));
    await writeFile(join(folder.path, "docs", "one.json"), JSON.stringify(cycloneDx, null, 3));
    await writeFile(join(folder.path, "docs", "two.json"), JSON.stringify({ ...advisory, details: "x".repeat(1_100_000) }));
    await writeFile(join(folder.path, "docs", "notes.txt"), "no document");
    await writeFile(join(folder.path, "lock"), JSON.stringify({ lockfileVersion: 3, packages: { "node_modules/ms": { version: "2.1.3" } } }));
    await using server = await FakeServer.start({ answers: { RecordDocument: recorded(), RecordVersions: done("recordVersions") } });
    const { code, stdout } = await run(server, "import", join(folder.path, "docs"), join(folder.path, "lock"), "--source", "syft");
    assert.equal(code, 0);
    assert.match(stdout, /one\.json {2}CycloneDX 1\.6, 2 nodes, 8 links: all new\n +sha256:cd.*\n +not taken: 1 × service/);
    assert.match(stdout, /lock {2}1 package version\n3 events in/);
    const contents = server.asked.flatMap(({ name, variables }) => (name === "RecordDocument" ? [z.object({ content: z.string().optional(), blob: z.string().optional() }).parse(variables["input"])] : []));
    assert.deepEqual(contents.map(({ content, blob }) => content ?? blob), [JSON.stringify(cycloneDx, null, 3), server.uploads[0]?.sha256]);
  });

  for (const [what, news, words] of [
    ["nothing", { newNodes: 0, newLinks: 0 }, "there already"],
    ["a part", { newNodes: 1, newLinks: 1 }, "1 link of 1 node is new, the rest was there already"],
    ["a verdict", { newNodes: 1, newLinks: 0 }, "what it says of 1 node is new, the rest was there already"],
  ] as const)
    it(`says what is new of a document: ${what}`, async () => {
      await using folder = await temporaryFolder();
      const file = join(folder.path, "one.json");
      await writeFile(file, JSON.stringify(cycloneDx));
      await using server = await FakeServer.start({ answers: { RecordDocument: recorded(news) } });
      assert.ok((await run(server, "import", file)).stdout.includes(`CycloneDX 1.6, 2 nodes, 8 links: ${words}\n`));
    });

  it("looks at all files before it sends any", async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, "a.json"), JSON.stringify(cycloneDx));
    await writeFile(join(folder.path, "b.jsonl"), `${JSON.stringify(provenance)}\n${JSON.stringify({ ...provenance, subject: 7 })}\n`);
    await using server = await FakeServer.start({ answers: {} });
    const { code, stderr } = await run(server, "import", folder.path);
    assert.equal(code, 2);
    assert.match(stderr, /b\.jsonl, line 2: not as in-toto Statement v1 wants it: \$\.subject .*\(DOCUMENT_MALFORMED\)\nnothing was sent/);
    assert.deepEqual([server.asked, server.uploads], [[], []]);
  });

  it("says what signatures are worth, ends with 6 where no key fits, and sends no private key", async () => {
    await using folder = await temporaryFolder();
    const [file, key, secret] = ["prov.json", "key.pem", "secret.pem"].map((name) => join(folder.path, name));
    await writeFile(file ?? "", JSON.stringify(envelopeOf(provenance, () => Buffer.from("s"))));
    await writeFile(key ?? "", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    await writeFile(secret ?? "", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    const answers = { RecordDocument: recorded({ signatures: [{ keyid: "ci", verdict: "NOT_VERIFIED", key: null }] }) };
    await using server = await FakeServer.start({ answers });
    const { code, stdout } = await run(server, "import", file ?? "", "--key", key ?? "");
    assert.equal(code, 6);
    assert.match(stdout, /signature of ci: NOT VERIFIED by any key given/);
    const refused = await run(server, "import", file ?? "", "--key", secret ?? "");
    assert.deepEqual([refused.code, server.asked.length], [2, 1]);
    assert.match(refused.stderr, /holds no public key/);
  });
});
