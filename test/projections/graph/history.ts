import fc from "fast-check";
import type { GraphEvent } from "#domain/graph/events.ts";
import { graphCodec } from "#domain/graph/events.ts";
import { kindOf } from "#domain/graph/keys.ts";
import { linkTypes } from "#domain/graph/kinds.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { type TargetsEvent, targetsCodec } from "#domain/trust/events.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";

export type Told = GraphEvent | TargetsEvent;

const digest = (digit: string) => digit.repeat(64);
export const artifacts = ["a", "b", "c"].map((digit) => `sha256:${digest(digit)}`);
export const keys = [
  ...artifacts,
  "pkg:deb/debian/bash",
  "pkg:deb/debian/bash@5.2?arch=amd64",
  "pkg:deb/debian/libc6",
  "pkg:deb/debian/libc6@2.36?arch=amd64",
  "build/shop/1",
  "vulnerability/CVE-2026-1",
];

// Some more often than others: what was said must be said again, otherwise, and taken back.
const often = [artifacts[0] ?? "", "pkg:deb/debian/bash", "build/shop/1"];
const key = fc.constantFrom(...keys, ...often, ...often, ...often);
const source = fc.constantFrom("ci", "ci", "ci", "syft");
const value = fc.oneof(fc.constantFrom("red", "Red wine", "blue"), fc.integer({ min: -2, max: 12 }), fc.boolean(), fc.subarray(["red", "blue", "x"]));
const attributes = fc.dictionary(fc.constantFrom("colour", "size"), value, { maxKeys: 2 });
const linkKey = fc
  .record({ type: fc.constantFrom(...linkTypes.filter((type) => type !== "deployed-to"), ...Array<"depends-on">(12).fill("depends-on")), from: key, to: key })
  .filter(({ from, to }) => from !== to);
const some = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { minLength: 1, maxLength: 4 });

const node = fc
  .record({ key, refined: fc.constantFrom("artifact", "image", "sbom" as const), attributes })
  .map(({ key, refined, attributes }) => ({ key, kind: kindOf(key) === "artifact" ? refined : kindOf(key), attributes }) as const);

const dependency = fc.record({
  relation: fc.constantFrom("Depends", "Pre-Depends"),
  requirement: fc.constantFrom("libc6 (>= 2)", "libc6 (<< 3)", "bash | dash:any", "zsh [amd64]"),
});
const version = fc.record(
  {
    key: fc.constantFrom("pkg:deb/debian/bash@5.2?arch=amd64", "pkg:deb/debian/libc6@2.36?arch=amd64"),
    dependencies: fc.array(dependency, { maxLength: 3 }),
    integrity: fc.constantFrom("sha256:00", "sha256:01"),
  },
  { requiredKeys: ["key", "dependencies"] },
);
const target = fc
  .record({ path: fc.constantFrom("a.deb", "b.deb"), digit: fc.constantFrom("a", "b") })
  .map(({ path, digit }) => ({ path, length: 1, hashes: { sha256: digest(digit) } }));
const place = { environment: fc.constantFrom("prod", "test"), service: fc.constantFrom("shop", "mail") };

const told: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ type: fc.constant("NodesRecorded" as const), source, nodes: some(node) }),
  fc.record({ type: fc.constant("NodesWithdrawn" as const), source, keys: some(key) }),
  fc.record({ type: fc.constant("LinksRecorded" as const), source, links: some(fc.tuple(linkKey, attributes).map(([{ type, from, to }, said]) => ({ type, from, to, attributes: said }))) }),
  fc.record({ type: fc.constant("LinksWithdrawn" as const), source, links: some(linkKey) }),
  fc.record({ type: fc.constant("VersionsRecorded" as const), ecosystem: fc.constant("deb"), source: fc.constant("Packages"), versions: some(version) }),
  fc.record({ type: fc.constant("Deployed" as const), ...place, artifact: fc.constantFrom(...artifacts), source }),
  fc.record({ type: fc.constant("Undeployed" as const), ...place }),
  fc.record({ type: fc.constant("TargetsAdded" as const), repository: fc.constant("main"), targets: some(target), task: fc.constant(null) }),
  fc.record({ type: fc.constant("TargetsRemoved" as const), repository: fc.constant("main"), paths: some(fc.constantFrom("a.deb", "b.deb")), task: fc.constant(null) }),
);

/** What may be told, in any order, and as often as it pleases. */
export const histories = fc.array(told, { minLength: 1, maxLength: 14, size: "max" });

/** As the log holds it, at positions 1, 2, 3 … */
export const recorded = (events: readonly Told[]): readonly StoredEvent[] => {
  const log = scriptedLog();
  for (const event of events) {
    const { type, data } = event.type === "TargetsAdded" || event.type === "TargetsRemoved" ? targetsCodec.encode(event) : graphCodec.encode(event);
    log.write({ type, data, stream: `of.${event.type}` });
  }
  return log.events;
};
