import assert from "node:assert/strict";
import { deployments } from "#domain/graph/deployments.ts";
import type { DeploymentEvent, LinkClaim, NodeClaim, SourceEvent } from "#domain/graph/events.ts";
import { isRefusal } from "#domain/kernel/decider.ts";
import { sources } from "#domain/graph/sources.ts";
import { decides } from "#test/support/decides.ts";

const digest = `sha256:${"ab".repeat(32)}`;
const image: NodeClaim = { key: digest, kind: "image", attributes: { name: "shop", tags: ["a"] } };
const build: NodeClaim = { key: "build/1", kind: "build", attributes: {} };
const link: LinkClaim = { type: "built-from", from: digest, to: "build/1", attributes: {} };
const { attributes: _, ...linkKey } = link;

const recorded = (...nodes: NodeClaim[]): SourceEvent => ({ type: "NodesRecorded", source: "ci", nodes });
const linked = (...links: LinkClaim[]): SourceEvent => ({ type: "LinksRecorded", source: "ci", links });
const record = (...nodes: NodeClaim[]) => ({ type: "RecordNodes", source: "ci", nodes }) as const;
const recordLinks = (...links: LinkClaim[]) => ({ type: "RecordLinks", source: "ci", links }) as const;
const withdrawn: SourceEvent = { type: "NodesWithdrawn", source: "ci", keys: [digest] };
const withdraw = (keys: string[], links: (typeof linkKey)[] = []) => ({ type: "Withdraw", source: "ci", keys, links }) as const;

const deployed = (artifact = digest): DeploymentEvent => ({ type: "Deployed", environment: "prod", service: "shop", artifact, source: "ci" });
const undeployed: DeploymentEvent = { type: "Undeployed", environment: "prod", service: "shop" };
const deploy = (artifact: string | null) => ({ type: "RecordDeployment", environment: "prod", source: "ci", deployments: [{ service: "shop", artifact }] }) as const;

describe("A source of the graph", () => {
  it("records what is new", () => {
    decides(sources, { when: record(image, build), thenRecords: [recorded(image, build)] });
    decides(sources, { given: [recorded(image)], when: record(image, build), thenRecords: [recorded(build)] });
    decides(sources, { when: recordLinks(link), thenRecords: [linked(link)] });
  });

  it("leaves no event for what it has already said, in whatever order", () => {
    const reordered = { ...image, attributes: { tags: ["a"], name: "shop" } };
    decides(sources, { given: [recorded(image)], when: record(reordered), thenRecords: [] });
    decides(sources, { given: [linked(link)], when: recordLinks(link), thenRecords: [] });
  });

  it("records again what it says in other words", () => {
    const renamed = { ...image, attributes: { name: "store" } };
    decides(sources, { given: [recorded(image)], when: record(renamed), thenRecords: [recorded(renamed)] });
    const layered = { ...link, attributes: { layer: 1 } };
    decides(sources, { given: [linked(link)], when: recordLinks(layered), thenRecords: [linked(layered)] });
  });

  it("settles once what an artifact is: leaving it out changes nothing, another kind is refused", () => {
    decides(sources, { given: [recorded(image)], when: record({ ...image, kind: "artifact" }), thenRecords: [] });
    decides(sources, { given: [recorded(image)], when: record({ ...image, kind: "sbom" }), thenRefuses: "KIND_SETTLED" });
    decides(sources, { given: [recorded({ ...image, kind: "artifact" })], when: record(image), thenRecords: [recorded(image)] });
  });

  it("withdraws what it said, and only that", () => {
    decides(sources, {
      given: [recorded(image), linked(link)],
      when: withdraw([digest, "build/2"], [linkKey]),
      thenRecords: [
        { type: "LinksWithdrawn", source: "ci", links: [linkKey] },
        withdrawn,
      ],
    });
    decides(sources, { given: [recorded(image), withdrawn], when: withdraw([digest]), thenRecords: [] });
  });

  it("divides what is too large for one event", () => {
    const nodes = Array.from({ length: 1000 }, (_, index): NodeClaim => ({ key: `build/${index}`, kind: "build", attributes: { note: "x".repeat(4000) } }));
    const events = sources.decide(record(...nodes), sources.initialState);
    assert.ok(!isRefusal(events) && events.length > 4);
    for (const event of events) assert.ok(Buffer.byteLength(JSON.stringify(event)) < 900_000);
    assert.equal(events.flatMap((event) => (event.type === "NodesRecorded" ? event.nodes : [])).length, 1000);
  });
});

describe("What runs in an environment", () => {
  it("is recorded when it changes", () => {
    decides(deployments, { when: deploy(digest), thenRecords: [deployed()] });
    decides(deployments, { given: [deployed()], when: deploy(digest), thenRecords: [] });
    decides(deployments, { given: [deployed("build/1")], when: deploy(digest), thenRecords: [deployed()] });
  });

  it("ends", () => {
    decides(deployments, { given: [deployed()], when: deploy(null), thenRecords: [undeployed] });
    decides(deployments, { given: [deployed(), undeployed], when: deploy(null), thenRecords: [] });
    decides(deployments, { given: [deployed(), undeployed], when: deploy(digest), thenRecords: [deployed()] });
  });
});
