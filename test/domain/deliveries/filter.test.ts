import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Filter, issuesOf, matches, typesOf } from "#domain/deliveries/filter.ts";
import { filterText, parseFilter } from "#domain/deliveries/filter-text.ts";
import { kindOfKey } from "#domain/deliveries/subjects.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { JsonObject } from "#domain/kernel/json.ts";

const event = (type: string, stream: string, data: JsonObject = {}): StoredEvent => ({
  id: "0192f0c4-0000-7000-8000-000000000000",
  type,
  stream,
  revision: 0,
  position: 7,
  at: "2026-11-21T00:00:00.000Z",
  actor: "system",
  commandId: "c",
  correlationId: "c",
  data,
});

const added = event("trust.TargetsAdded.v1", "trust.targets-demo", {
  repository: "demo",
  targets: [{ path: "a", length: 1, hashes: { sha256: "ab".repeat(32) } }],
});
const versions = event("graph.VersionsRecorded.v1", "graph.versions-deb", { ecosystem: "deb", versions: [{ key: "pkg:deb/debian/bash@5" }] });
const linked = event("graph.LinksRecorded.v1", "graph.source-ci", { links: [{ type: "contains", from: "image/web", to: "pkg:npm/zod@4" }] });
const deployed = event("graph.Deployed.v1", "graph.deployments-prod", { environment: "prod", service: "web", artifact: `sha256:${"cd".repeat(32)}` });
const all = [added, versions, linked, deployed];

const chosen = (text: string): string[] => all.filter((one) => matches(parseFilter(text), one)).map(({ type }) => type.split(".")[1] ?? "");

const text = (form: RegExp) => fc.array(fc.stringMatching(form), { minLength: 1, maxLength: 3 });

const issues = (text: string) => {
  try {
    parseFilter(text);
    return [];
  } catch (error) {
    assert.ok(error instanceof InvalidInput);
    return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
};

describe("A filter of events", () => {
  it("without a field takes every event", () => assert.equal(chosen("").length, all.length));

  it("takes types by name, by name without a version, and by patterns", () => {
    assert.deepEqual(chosen("type=trust.TargetsAdded.v1"), ["TargetsAdded"]);
    assert.deepEqual(chosen("type=trust.TargetsAdded"), ["TargetsAdded"]);
    assert.deepEqual(chosen("type=trust.TargetsAdded.v2"), []);
    assert.deepEqual(chosen("type=graph.*Recorded.v1"), ["VersionsRecorded", "LinksRecorded"]);
    assert.deepEqual(chosen("type=*.v1").length, 4);
    assert.deepEqual(chosen("type=*").length, 4);
    assert.deepEqual(chosen("type=trust"), []);
  });

  it("takes streams by name and by their beginning", () => {
    assert.deepEqual(chosen("stream=trust.targets-demo"), ["TargetsAdded"]);
    assert.deepEqual(chosen("stream=graph.*"), ["VersionsRecorded", "LinksRecorded", "Deployed"]);
    assert.deepEqual(chosen("stream=graph."), []);
  });

  it("takes what an event is about by kind and by the beginning of a key, both of the same thing", () => {
    assert.deepEqual(chosen("kind=artifact"), ["TargetsAdded", "Deployed"]);
    assert.deepEqual(chosen("kind=version"), ["VersionsRecorded", "LinksRecorded"]);
    assert.deepEqual(chosen("key=pkg:deb/"), ["VersionsRecorded"]);
    assert.deepEqual(chosen("kind=image;key=pkg:"), []);
    assert.deepEqual(chosen("key=deployment/prod/,image/"), ["LinksRecorded", "Deployed"]);
  });

  it("needs all fields to hold, and one value of each", () => {
    assert.deepEqual(chosen("type=graph.*,trust.*;kind=artifact"), ["TargetsAdded", "Deployed"]);
    assert.deepEqual(chosen("type=graph.*; kind=artifact"), ["Deployed"]);
    assert.deepEqual(chosen("type=graph.*;type=trust.*"), ["TargetsAdded", "VersionsRecorded", "LinksRecorded", "Deployed"]);
  });

  it("tells the log's types that it can be asked for, none too few", () => {
    const types = all.map(({ type }) => type);
    assert.deepEqual(typesOf(parseFilter("type=graph.*Recorded"), types), ["graph.VersionsRecorded.v1", "graph.LinksRecorded.v1"]);
    assert.equal(typesOf(parseFilter("kind=artifact"), types), undefined);
    fc.assert(
      fc.property(fc.array(fc.constantFrom("trust.*", "graph.Deployed", "*.v1", "graph.D*", "*Recorded.v1"), { minLength: 1 }), (patterns) => {
        const wanted = typesOf({ types: patterns }, types);
        for (const one of all) if (matches({ types: patterns }, one)) assert.ok(wanted?.includes(one.type) ?? true);
      }),
    );
  });

  it("says of a pattern that fits no type where it is", () => {
    assert.deepEqual(issuesOf({ types: ["trust.*", "trsut.*"] }, ["trust.TargetsAdded.v1"]), [
      { path: ["types", 1], message: "trsut.* fits no type of event" },
    ]);
  });

  it("is read from text as it was written, whatever is in it", () => {
    const filters = fc.record(
      {
        types: text(/^[a-z.]{1,20}\*?$/),
        streams: text(/^[a-z,;\\ =-]{1,20}\*?$/),
        kinds: text(/^[a-z]{1,10}$/),
        keyPrefix: text(/^[ -~]{1,30}$/),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(filters, (filter) => {
        fc.pre(Object.values(filter).flat().every((value) => value.trim() === value && !/\s$|^\s/.test(value)));
        assert.deepEqual(parseFilter(filterText(filter)), filter);
      }),
    );
  });

  it("says what is wrong with a text, and where", () => {
    assert.deepEqual(issues("typ=trust.*"), ['filter: "typ=trust.*" is not of the form type=…, stream=…, kind=… or key=…']);
    assert.match(issues("kind=artifact,Image").join(), /^filter\.kinds\.1: must be a kind/);
    assert.match(issues("type=").join(), /^filter\.types\.0: must be an event type/);
    assert.match(issues("type=*a*a*a*a").join(), /up to three/);
    assert.equal(Filter.safeParse({ types: [] }).success, false);
  });

  it("knows kinds by the form of a key", () => {
    const kinds = ["pkg:deb/debian/bash@5", "pkg:npm/%40a/b", "pkg:npm/@scope/name", "sha256:ab", "git+https://x/y@z", "environment/prod", "odd"];
    assert.deepEqual(kinds.map(kindOfKey), ["version", "package", "package", "artifact", "source", "environment", ""]);
  });
});
