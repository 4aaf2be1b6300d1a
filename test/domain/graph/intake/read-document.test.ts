import assert from "node:assert/strict";
import { hash } from "node:crypto";
import fc from "fast-check";
import { LinkClaim, NodeClaim } from "#domain/graph/events.ts";
import type { Reading } from "#domain/graph/intake/document.ts";
import { openDocument } from "#domain/graph/intake/read-document.ts";
import { OfferedAttributes, OfferedLink, OfferedNode } from "#domain/graph/offered.ts";
import { isRefusal } from "#domain/kernel/decider.ts";
import { advisory, cycloneDx, envelopeOf, image, provenance, spdx } from "./samples.ts";

const bytesOf = (document: unknown) => Buffer.from(typeof document === "string" ? document : JSON.stringify(document));
const keyOf = (document: unknown) => `sha256:${hash("sha256", bytesOf(document))}`;

const read = (document: unknown, known: Record<string, string[]> = {}): Reading => {
  const opened = openDocument(bytesOf(document));
  if (isRefusal(opened)) throw new Error(`${opened.refused} ${opened.message}`);
  return "advisory" in opened ? opened.advisory.read((name) => known[name] ?? []) : opened.reading;
};
const links = ({ links: some }: Reading) => some.map(({ type, from, to }) => `${from} ${type} ${to}`).sort();

const refused = (document: unknown) => {
  const opened = openDocument(bytesOf(document));
  return isRefusal(opened) ? { code: opened.refused, path: opened.details["path"], message: opened.message } : null;
};

describe("Reading a CycloneDX SBOM", () => {
  it("says what its subject contains, what depends on what, and what it left out", () => {
    const found = read(cycloneDx);
    assert.deepEqual(links(found), [
      "pkg:npm/express contains pkg:npm/express@5.3.0",
      "pkg:npm/express@5.3.0 depends-on pkg:npm/ms@2.1.3",
      "pkg:npm/ms contains pkg:npm/ms@2.1.3",
      `pkg:npm/ms@2.1.3 contains sha256:${"cd".repeat(32)}`,
      `sha256:${image} attested-by ${keyOf(cycloneDx)}`,
      `sha256:${image} contains pkg:npm/express@5.3.0`,
      `sha256:${image} contains pkg:npm/ms@2.1.3`,
      `sha256:${image} depends-on pkg:npm/express@5.3.0`,
    ]);
    assert.deepEqual([found.nodes.map(({ key, kind }) => [key, kind]), found.hints.map(({ key, kind }) => [key, kind])], [[[keyOf(cycloneDx), "sbom"]], [[`sha256:${image}`, "image"]]]);
    assert.deepEqual(found.skipped, ["1 × component without a package URL or a SHA-256", "1 × dependency of or on a component that has no key"]);
    assert.deepEqual(found.links.find(({ to }) => to === "pkg:npm/express@5.3.0")?.attributes, { licenses: ["MIT"] });
  });

  it("is about itself where nobody knows what it is about", () => {
    const { metadata: _, ...rest } = cycloneDx;
    assert.ok(links(read(rest)).includes(`${keyOf(rest)} contains pkg:npm/ms@2.1.3`));
  });

  it("tells where it is malformed, and which versions are read", () => {
    assert.deepEqual(refused({ ...cycloneDx, components: [{ type: "library", name: 7 }] }), { code: "DOCUMENT_MALFORMED", path: "$.components[0].name", message: "not as CycloneDX 1.6 wants it: $.components[0].name expected string, received number" });
    assert.equal(refused({ ...cycloneDx, specVersion: "2.0" })?.code, "DOCUMENT_UNSUPPORTED");
    assert.equal(refused({ bomFormat: "CycloneDX" })?.path, "$.specVersion");
  });
});

describe("Reading an SPDX SBOM", () => {
  it("says what it describes contains, and its relationships the right way round", () => {
    const found = read(spdx);
    assert.deepEqual(links(found), [
      "pkg:npm/ms contains pkg:npm/ms@2.1.3",
      "pkg:npm/shop contains pkg:npm/shop@1.0.0",
      `pkg:npm/shop@1.0.0 attested-by ${keyOf(spdx)}`,
      "pkg:npm/shop@1.0.0 contains pkg:npm/ms@2.1.3",
      `pkg:npm/shop@1.0.0 contains sha256:${"cd".repeat(32)}`,
      "pkg:npm/shop@1.0.0 depends-on pkg:npm/ms@2.1.3",
    ]);
    assert.deepEqual(found.links.find(({ type }) => type === "depends-on")?.attributes, { scope: "dev" });
    assert.deepEqual(found.skipped, ["1 × package without a package URL or a SHA-256", "1 × relationship of an element that has no key", "1 × relationship PATCH_FOR"]);
  });

  it("refuses other versions by name, and tells where it is malformed", () => {
    assert.equal(refused({ "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [] })?.code, "DOCUMENT_UNSUPPORTED");
    assert.equal(refused({ spdxVersion: "SPDX-2.1", SPDXID: "x" })?.code, "DOCUMENT_UNSUPPORTED");
    assert.equal(refused({ ...spdx, relationships: [{}] })?.path, "$.relationships[0].spdxElementId");
  });
});

describe("Reading an in-toto statement", () => {
  it("of SLSA provenance says what was built from what, in an envelope and alone", () => {
    const source = "git+https://git.example.com/shop/shop@7fd1a60b01f91b314f59955a4e4d4e80d8edf11d";
    const expected = (key: string) => [
      "build/ci.example.com/runs/77 attested-by " + key,
      `build/ci.example.com/runs/77 built-from ${source}`,
      `build/ci.example.com/runs/77 built-from sha256:${"ef".repeat(32)}`,
      `sha256:${image} attested-by ${key}`,
      `sha256:${image} built-from build/ci.example.com/runs/77`,
    ];
    const envelope = envelopeOf(provenance, () => Buffer.from("sig"));
    assert.deepEqual(links(read(provenance)), expected(keyOf(provenance)));
    assert.deepEqual(links(read(envelope)), expected(keyOf(envelope)));
    assert.deepEqual(links(read({ dsseEnvelope: envelope, verificationMaterial: {} })), expected(keyOf({ dsseEnvelope: envelope, verificationMaterial: {} })));
    assert.deepEqual(read(provenance).skipped, ["1 × resolved dependency without a SHA-256, a commit or a package URL"]);
  });

  it("of any other predicate says that its subjects are attested", () => {
    const statement = { ...provenance, predicateType: "https://example.com/tests/v1", predicate: { passed: true } };
    assert.deepEqual(links(read(statement)), [`sha256:${image} attested-by ${keyOf(statement)}`]);
  });

  it("tells where it is malformed", () => {
    assert.equal(refused({ ...provenance, predicate: { ...provenance.predicate, runDetails: {} } })?.path, "$.predicate.runDetails.builder");
    assert.equal(refused({ ...provenance, subject: [] })?.path, "$.subject");
    assert.equal(refused({ ...provenance, _type: "https://in-toto.io/Statement/v9" })?.code, "DOCUMENT_UNSUPPORTED");
    const envelope = envelopeOf(provenance, () => Buffer.from("sig"));
    assert.equal(refused({ ...envelope, payload: "not Base64!" })?.path, "$.payload");
    assert.equal(refused({ ...envelope, signatures: [{ sig: "%" }] })?.path, "$.signatures[0].sig");
    assert.equal(refused({ ...envelope, payloadType: "text/plain" })?.code, "DOCUMENT_UNSUPPORTED");
  });
});

describe("Reading an OSV advisory", () => {
  const known = {
    "pkg:npm/ms": ["1.9.0", "2.0.0", "2.1.0-rc.1", "2.1.0", "2.1.1", "2.1.2", "2.1.3", "2.2.0"].map((version) => `pkg:npm/ms@${version}`),
    "pkg:deb/debian/bash": ["pkg:deb/debian/bash@5.2-2%2Bb7?arch=amd64", "pkg:deb/debian/bash@5.2-3~deb1?arch=amd64", "pkg:deb/debian/bash@5.2-3?arch=amd64"],
    "pkg:maven/org.example/thing": ["pkg:maven/org.example/thing@1.0"],
  };

  it("means the versions that the graph knows in a range, and those that it lists", () => {
    const found = read(advisory, known);
    const affected = found.links.filter(({ type }) => type === "affects").map(({ to, attributes }) => [to, attributes["by"]]);
    const range = "SEMVER >=2.0.0 <2.1.0 >=2.1.2 <=2.1.3";
    assert.deepEqual(affected, [
      ["pkg:npm/ms@2.0.0", range],
      ["pkg:npm/ms@2.1.0-rc.1", range],
      ["pkg:npm/ms@2.1.2", range],
      ["pkg:npm/ms@2.1.3", range],
      ["pkg:pypi/foo-bar@1.0", "versions"],
      ["pkg:deb/debian/bash@5.2-2%2Bb7?arch=amd64", "ECOSYSTEM >=0 <5.2-3"],
      ["pkg:deb/debian/bash@5.2-3~deb1?arch=amd64", "ECOSYSTEM >=0 <5.2-3"],
    ]);
    assert.deepEqual(found.skipped, ["1 × ECOSYSTEM range of pkg:maven/org.example/thing, which is not compared here"]);
  });

  it("affects nothing any more once it was withdrawn", () => {
    assert.deepEqual(read({ ...advisory, withdrawn: "2026-11-21T00:00:00Z" }, known).links, []);
  });

  it("tells where it is malformed", () => {
    assert.equal(refused({ ...advisory, affected: [{ ranges: [{ type: "SEMVER" }] }] })?.path, "$.affected[0].ranges[0].events");
    assert.equal(refused({ ...advisory, id: "a b" })?.path, "$.id");
  });
});

const judge = (text: string | Uint8Array) => {
  const opened = openDocument(Buffer.from(text));
  if (isRefusal(opened)) return assert.match(opened.refused, /^DOCUMENT_/);
  const { nodes, hints, links: some } = "advisory" in opened ? opened.advisory.read(() => ["pkg:npm/ms@1.0.0", "pkg:npm/ms@x"]) : opened.reading;
  for (const { key, kind, attributes } of [...nodes, ...hints]) {
    NodeClaim.parse({ key, kind, attributes });
    OfferedNode.parse({ key, kind, attributes });
  }
  for (const link of some) {
    LinkClaim.parse(link);
    OfferedLink.parse(link);
    OfferedAttributes.parse(link.attributes);
  }
};

describe("Reading anything", () => {
  const samples = [cycloneDx, spdx, provenance, envelopeOf(provenance, () => Buffer.from("s")), advisory];

  /** A sample with one of its values replaced. */
  const broken = fc.tuple(fc.constantFrom(...samples), fc.nat(), fc.jsonValue()).map(([sample, at, value]) => {
    let left = at % 60;
    return JSON.stringify(sample, (_name, part: unknown) => (left-- === 0 ? value : part));
  });

  it("never throws at garbage, and says nothing that a command would not take", () => {
    fc.assert(fc.property(broken, judge), { numRuns: 1500 });
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json()), judge), { numRuns: 500 });
  });

  it("refuses what is nested too deep to be anything", () => {
    for (const text of [`{"bomFormat":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, `${'{"components":['.repeat(50_000)}${"]}".repeat(50_000)}`]) assert.ok(refused(text)?.code.startsWith("DOCUMENT_"));
  });

  it("refuses what is none of the formats, telling which there are", () => {
    assert.deepEqual([refused("hello")?.code, refused({ some: "json" })?.code, refused([])?.code, refused("null")?.code], Array(4).fill("DOCUMENT_UNKNOWN"));
    assert.match(refused("hello")?.message ?? "", /CycloneDX 1.4 to 1.6.*SPDX 2.2 and 2.3.*SLSA.*OSV/);
  });
});
