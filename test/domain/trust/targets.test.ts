import assert from "node:assert/strict";
import type { TargetsEvent } from "#domain/trust/events.ts";
import { isRefusal } from "#domain/kernel/decider.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import type { Target } from "#domain/trust/target.ts";
import { targetsDecider } from "#domain/trust/targets.ts";
import { decides } from "#test/support/decides.ts";

const task = "019a8d1c-0000-7000-8000-000000000001";
const target = (path: string, digit = "0", custom?: JsonObject): Target => ({
  path,
  length: 3,
  hashes: { sha256: digit.repeat(64) },
  ...(custom && { custom }),
});
const many = (count: number, name = (index: number) => `file-${index}`) => Array.from({ length: count }, (_, index) => target(name(index)));

const add = (...targets: Target[]) => ({ type: "AddTargets" as const, repository: "demo", targets, task });
const remove = (...paths: string[]) => ({ type: "RemoveTargets" as const, repository: "demo", paths, task });
const added = (...targets: Target[]): TargetsEvent => ({ type: "TargetsAdded", repository: "demo", targets, task });
const removed = (...paths: string[]): TargetsEvent => ({ type: "TargetsRemoved", repository: "demo", paths, task });

describe("targets", () => {
  it("are added", () => decides(targetsDecider, { when: add(target("a"), target("b")), thenRecords: [added(target("a"), target("b"))] }));
  it("are replaced when their content differs", () =>
    decides(targetsDecider, { given: [added(target("a", "0"))], when: add(target("a", "1")), thenRecords: [added(target("a", "1"))] }));
  it("are replaced when their length differs", () =>
    decides(targetsDecider, { given: [added(target("a"))], when: add({ ...target("a"), length: 4 }), thenRecords: [added({ ...target("a"), length: 4 })] }));
  it("are replaced when they gain custom fields", () =>
    decides(targetsDecider, { given: [added(target("a"))], when: add(target("a", "0", { b: 1 })), thenRecords: [added(target("a", "0", { b: 1 }))] }));
  it("record nothing when they are there already", () =>
    decides(targetsDecider, { given: [added(target("a"), target("b"))], when: add(target("b"), target("a")), thenRecords: [] }));
  it("record nothing when only the order of custom fields differs", () =>
    decides(targetsDecider, { given: [added(target("a", "0", { b: 1, c: { d: 2, e: 3 } }))], when: add(target("a", "0", { c: { e: 3, d: 2 }, b: 1 })), thenRecords: [] }));
  it("record only those that are new", () =>
    decides(targetsDecider, { given: [added(target("a"))], when: add(target("a"), target("b")), thenRecords: [added(target("b"))] }));
  it("are added again after they were removed", () =>
    decides(targetsDecider, { given: [added(target("a")), removed("a")], when: add(target("a")), thenRecords: [added(target("a"))] }));
  it("are removed", () => decides(targetsDecider, { given: [added(target("a"), target("b"))], when: remove("a"), thenRecords: [removed("a")] }));
  it("named twice in one command are refused", () => decides(targetsDecider, { when: add(target("a"), target("b"), target("a", "1")), thenRefuses: "DUPLICATE_TARGET" }));
  it("removed twice in one command are refused", () => decides(targetsDecider, { given: [added(target("a"))], when: remove("a", "a"), thenRefuses: "DUPLICATE_TARGET" }));
  it("that are not there cannot be removed, nor those beside them", () =>
    decides(targetsDecider, { given: [added(target("a"))], when: remove("a", "b"), thenRefuses: "TARGET_NOT_FOUND" }));
  it("that were removed cannot be removed again", () => decides(targetsDecider, { given: [added(target("a")), removed("a")], when: remove("a"), thenRefuses: "TARGET_NOT_FOUND" }));

  it("are told by their paths when they are not found", () => {
    const refusal = targetsDecider.decide(remove("x", "y"), targetsDecider.initialState);
    assert.deepEqual(isRefusal(refusal) && refusal.details, { paths: ["x", "y"] });
  });

  it("are recorded 1,000 to an event", () =>
    decides(targetsDecider, { when: add(...many(2500)), thenRecords: [many(2500).slice(0, 1000), many(2500).slice(1000, 2000), many(2500).slice(2000)].map((part) => added(...part)) }));

  it("with long names are recorded in events that the log takes, none left out", () => {
    const long = many(1000, (index) => `${index}${"漢".repeat(1000)}`);
    const events = targetsDecider.decide(add(...long), targetsDecider.initialState);
    assert.ok(!isRefusal(events));
    for (const event of events) assert.ok(Buffer.byteLength(JSON.stringify(event)) < 900_000);
    assert.deepEqual(events.flatMap((event) => (event.type === "TargetsAdded" ? event.targets : [])), long);
  });
});
