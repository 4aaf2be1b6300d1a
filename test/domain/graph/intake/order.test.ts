import assert from "node:assert/strict";
import { compareDebian } from "#domain/graph/intake/debian-version.ts";
import { compareSemver } from "#domain/graph/intake/semver.ts";

const ascending = (order: readonly string[], compare: (one: string, other: string) => number | null) => {
  for (const [at, one] of order.entries())
    for (const [place, other] of order.entries()) assert.equal(compare(one, other), Math.sign(at - place), `${one} and ${other}`);
};

describe("The order of versions", () => {
  it("is semver's, prereleases before their release", () => {
    ascending(["0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0", "99999999999999999999.0.0"], compareSemver);
    assert.deepEqual([compareSemver("v1.2.3", "1.2.3+build"), compareSemver("1", "1.0.0"), compareSemver("one", "1.0.0")], [0, 0, null]);
  });

  it("is dpkg's, tildes before the end", () => {
    ascending(["1.0~~", "1.0~~a", "1.0~", "1.0", "1.0-1", "1.0-1+b1", "1.0a-1", "1.0+x", "1.0.1", "1.10", "1:0.1", "1:0.9-2", "2:0"], compareDebian);
    assert.equal(compareDebian("0:1.01", "1.1"), 0);
  });
});
