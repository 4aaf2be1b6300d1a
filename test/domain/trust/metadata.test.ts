import assert from "node:assert/strict";
import { z } from "zod";
import { binNames } from "#domain/trust/bins.ts";
import { canonicalJson } from "#domain/trust/canonical-json.ts";
import { type Contents, expiresText, fileBytes, issuedFile, publishedBytes, signedPart, targetEntries } from "#domain/trust/metadata.ts";
import type { Target } from "#domain/trust/target.ts";
import { isGolden } from "#test/support/golden.ts";
import { publisher, servedFiles, settingsOf } from "#test/support/publisher.ts";

const begin = Date.parse("2026-11-01T12:00:00Z");
const expires = "2026-11-02T12:00:00Z";
const sha256 = "0123456789abcdef".repeat(4);
const targets: readonly Target[] = [
  { path: "README.md", length: 1234, hashes: { sha256 } },
  { path: "pool/main/w/waybill_0.1.0_amd64.deb", length: 9_007_199_254_740_991, hashes: { sha256 } },
  { path: "漢字 (1).txt", length: 0, hashes: { sha256 }, custom: { note: "two\nlines, a \"quote\" and a \\", list: [3, null, true] } },
];
const key = { keytype: "ed25519", scheme: "ed25519", keyval: { public: "00" } };
const contents = (changes: Partial<Contents> = {}): Contents => ({
  settings: settingsOf(),
  binKey: { keyid: "0".repeat(64), key },
  targets: () => targetEntries(targets),
  versions: new Map(),
  snapshot: null,
  ...changes,
});
const File = z.looseObject({ signed: z.json() });
const signatures = [{ keyid: "0".repeat(64), sig: "00" }];

describe("metadata", () => {
  for (const binForm of ["succinct", "explicit"] as const)
    it(`is the same bytes as ever, with ${binForm} bins`, async () => {
      const demo = await publisher(settingsOf({ bins: 2, binForm }), begin);
      demo.change({ type: "AddTargets", repository: "demo", targets, task: null });
      await demo.publish(begin + 60_000);
      demo.change({ type: "RemoveTargets", repository: "demo", paths: ["README.md"], task: null });
      await demo.publish(begin + 120_000);
      isGolden(`trust/${binForm}`, servedFiles(demo.history()));
    });

  it("is signed in the canonical form of what its file says", () => {
    for (const file of [{ role: "bins-0" }, { role: "targets" }, { role: "snapshot" }])
      for (const settings of [settingsOf(), settingsOf({ binForm: "explicit" })]) {
        const signed = signedPart({ ...file, version: 7, expires }, contents({ settings, versions: new Map([["targets", 1], ["bins-0", 7]]) }));
        const { signed: found } = File.parse(JSON.parse(fileBytes(signed, signatures).toString()));
        assert.equal(canonicalJson(found), signed.toString());
      }
  });

  it("lists targets in the same order, in whatever order they are given", () => {
    const file = { role: "bins-0", version: 1, expires };
    assert.deepEqual(signedPart(file, contents({ targets: () => targetEntries(targets.toReversed()) })), signedPart(file, contents()));
  });

  it("of a snapshot names bins and targets by version only, retired names too, and neither root nor itself", () => {
    const versions = new Map([["root", 1], ["timestamp", 9], ["snapshot", 9], ["targets", 2], ["bins-1", 3], ["old-bins-1", 4]]);
    const signed = signedPart({ role: "snapshot", version: 10, expires }, contents({ versions }));
    assert.match(signed.toString(), /"meta":\{"bins-1.json":\{"version":3\},"old-bins-1.json":\{"version":4\},"targets.json":\{"version":2\}\}/);
  });

  it("of a timestamp names the snapshot by version, length and sha256", () => {
    const signed = signedPart({ role: "timestamp", version: 1, expires }, contents({ snapshot: { version: 5, length: 6, sha256 } }));
    assert.match(signed.toString(), new RegExp(`"meta":\\{"snapshot.json":\\{"hashes":\\{"sha256":"${sha256}"\\},"length":6,"version":5\\}\\}`));
  });

  it("of a timestamp is never made before its snapshot", () =>
    assert.throws(() => signedPart({ role: "timestamp", version: 1, expires }, contents()), /needs a signed snapshot/));

  it("that was published and comes out otherwise is a defect", () => {
    const file = { role: "bins-0", version: 1, expires };
    const issued = issuedFile(file, fileBytes(signedPart(file, contents()), signatures), signatures);
    assert.equal(publishedBytes(issued, contents()).length, issued.length);
    assert.throws(() => publishedBytes(issued, contents({ targets: () => targetEntries(targets.slice(1)) })), /1\.bins-0\.json was published as/);
  });

  it("ends in whole seconds, which python-tuf insists on", () => assert.equal(expiresText(begin + 999), "2026-11-01T12:00:00Z"));

  it("of a snapshot with 1,024 bins stays far below what clients read", () => {
    const versions = new Map(binNames(settingsOf({ bins: 1024 })).map((bin) => [bin, 1_000_000]));
    assert.ok(signedPart({ role: "snapshot", version: 1, expires }, contents({ versions })).length < 50_000);
  });
});
