import assert from "node:assert/strict";
import fc from "fast-check";
import { keyOf, kindOf, packageOf } from "#domain/graph/keys.ts";
import { purl, purlParts } from "#domain/graph/purl.ts";
import { targetsOf } from "#domain/graph/requirements.ts";

const commit = "0123456789".repeat(4);

describe("Natural keys", () => {
  const spellings: readonly (readonly [text: string, key: string | null, kind?: string])[] = [
    ["pkg:deb/debian/bash@5.2?arch=amd64", "pkg:deb/debian/bash@5.2?arch=amd64", "version"],
    ["PKG:DEB/Debian/Bash@5.2?b=1&Arch=amd64", "pkg:deb/debian/bash@5.2?arch=amd64&b=1", "version"],
    ["pkg:deb/debian/bash", "pkg:deb/debian/bash", "package"],
    ["pkg:npm/@scope/name@1.0.0", "pkg:npm/%40scope/name@1.0.0", "version"],
    ["pkg:npm/@scope/name", "pkg:npm/%40scope/name", "package"],
    ["pkg:pypi/Flask_Login@1", "pkg:pypi/flask-login@1", "version"],
    ["pkg:golang/github.com/a/B@v1#./sub/../x", "pkg:golang/github.com/a/B@v1#sub/x", "version"],
    [`SHA256:${"AB".repeat(32)}`.replace("SHA", "sha"), `sha256:${"ab".repeat(32)}`, "artifact"],
    [`git+https://Example.org/Shop.git@${commit}`, `git+https://example.org/Shop.git@${commit}`, "source"],
    ["environment/prod", "environment/prod", "environment"],
    ["vulnerability/CVE-2026-1", "vulnerability/CVE-2026-1", "vulnerability"],
    ["image/registry.example/shop:1", "image/registry.example/shop:1", "image"],
    ["environment/two words", null],
    ["nonsense/x", null],
    ["environment/", null],
    ["sha256:abc", null],
    ["git+https://example.org/shop@main", null],
    ["pkg:deb", null],
    ["pkg:deb/%zz", null],
    ["pkg:deb/debian/bäsh", null],
    [`build/${"x".repeat(600)}`, null],
  ];
  for (const [text, key, kind] of spellings)
    it(`${text.slice(0, 60)} is ${key === null ? "none" : `a key of kind ${kind}`}`, () => assert.deepEqual(keyOf(text), key === null ? null : { key, kind }));

  it("tell their kind once they are recorded, and are read again as themselves", () => {
    for (const [, key, kind] of spellings)
      if (key !== null) {
        assert.equal(kindOf(key), kind);
        assert.equal(keyOf(key)?.key, key);
      }
  });

  it("have one spelling, whatever the parts of a package URL are", () => {
    const part = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((text) => !text.includes("/") && text.isWellFormed());
    fc.assert(
      fc.property(part, part, part, (namespace, name, version) => {
        const written = purl({ type: "generic", namespace, name, version });
        const parts = purlParts(written);
        assert.deepEqual([parts?.namespace, parts?.name, parts?.version], [namespace, name, version]);
        assert.equal(keyOf(written)?.kind, "version");
      }),
    );
  });

  it("lead from a version to its package", () => {
    assert.equal(packageOf("pkg:npm/%40scope/name@1.0.0"), "pkg:npm/%40scope/name");
    assert.equal(packageOf("pkg:deb/debian/bash@5.2%3A1?arch=amd64"), "pkg:deb/debian/bash");
    assert.equal(packageOf("pkg:deb/debian/bash"), null);
  });
});

describe("What a declared dependency may be met by", () => {
  const cases: readonly (readonly [version: string, requirement: string, targets: readonly string[]])[] = [
    ["pkg:deb/debian/a@1", "libc6 (>= 2.36)", ["pkg:deb/debian/libc6"]],
    ["pkg:deb/debian/a@1", "default-mta | mail-transport-agent:any [amd64] <!nocheck>", ["pkg:deb/debian/default-mta", "pkg:deb/debian/mail-transport-agent"]],
    ["pkg:deb/debian/a@1", "libstdc++6:any (>= 5)", ["pkg:deb/debian/libstdc%2B%2B6"]],
    ["pkg:npm/a@1", "zod@^4.0.0", ["pkg:npm/zod"]],
    ["pkg:npm/a@1", "@scope/name@*", ["pkg:npm/%40scope/name"]],
    ["pkg:npm/a@1", "alias@npm:@scope/name@^1", ["pkg:npm/%40scope/name"]],
    ["pkg:pypi/a@1", 'Requests_Toolbelt (>=2.0); extra == "x"', ["pkg:pypi/requests-toolbelt"]],
    ["pkg:rpm/fedora/a@1", "glibc >= 2", ["pkg:rpm/fedora/glibc"]],
    ["pkg:golang/a@1", "pkg:golang/github.com/b/c@v1", ["pkg:golang/github.com/b/c@v1"]],
    ["pkg:deb/debian/a@1", "(nothing)", []],
  ];
  for (const [version, requirement, targets] of cases)
    it(`${requirement} of ${version}`, () => assert.deepEqual(targetsOf(version)({ relation: "Depends", requirement }), targets));

  it("is the version that a lock chose, where one did", () =>
    assert.deepEqual(targetsOf("pkg:npm/a@1")({ relation: "dependencies", requirement: "zod@^4", resolved: "pkg:npm/zod@4.6.7" }), ["pkg:npm/zod@4.6.7"]));
});
