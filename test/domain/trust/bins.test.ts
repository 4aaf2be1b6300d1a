import assert from "node:assert/strict";
import { hash } from "node:crypto";
import * as fc from "fast-check";
import { binIndex, binName, binNames, binOf, delegations } from "#domain/trust/bins.ts";
import { settingsOf } from "#test/support/publisher.ts";

const numbersOfBins = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const key = { keytype: "ed25519", scheme: "ed25519", keyval: { public: "00" } };
const prefixesOf = (bins: number) => {
  const form = delegations(settingsOf({ bins, binForm: "explicit" }), { keyid: "0", key });
  return "roles" in form ? form.roles : [];
};

describe("hash bins", () => {
  for (const [bins, index, name] of [[256, 10, "bins-0a"], [1024, 10, "bins-00a"], [1024, 1023, "bins-3ff"], [16, 15, "bins-f"], [2, 1, "bins-1"]] as const)
    it(`name bin ${index} of ${bins} ${name}`, () => assert.equal(binName("bins", index, bins), name));

  it("put a path where TAP 15 puts it: by the first bits of the SHA-256 of its UTF-8", () =>
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom(...numbersOfBins), (path, bins) => {
        const bits = BigInt(`0x${hash("sha256", Buffer.from(path))}`).toString(2).padStart(256, "0");
        assert.equal(binIndex(path, bins), Number.parseInt(bits.slice(0, Math.log2(bins)), 2));
      }),
    ));

  for (const bins of numbersOfBins)
    it(`of ${bins} own each hash prefix once in the explicit form, as short as can be`, () => {
      const owned = prefixesOf(bins).flatMap(({ path_hash_prefixes }) => path_hash_prefixes);
      const digits = Math.ceil(Math.log2(bins) / 4);
      assert.deepEqual(owned, Array.from({ length: 16 ** digits }, (_, index) => index.toString(16).padStart(digits, "0")));
    });

  it("are the same in both forms", () =>
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...numbersOfBins), (path, bins) => {
        const owners = prefixesOf(bins).filter(({ path_hash_prefixes }) => path_hash_prefixes.some((prefix) => hash("sha256", path).startsWith(prefix)));
        assert.deepEqual(owners.map(({ name }) => name), [binOf(path, settingsOf({ bins }))]);
      }),
    ));

  it("are delegated to succinctly by their number of bits and their prefix", () =>
    assert.deepEqual(delegations(settingsOf({ bins: 1024 }), { keyid: "0", key }), {
      keys: { 0: key },
      succinct_roles: { bit_length: 10, keyids: ["0"], name_prefix: "bins", threshold: 1 },
    }));

  it("are as many as the settings say, each once", () =>
    assert.equal(new Set(binNames(settingsOf({ bins: 1024 }))).size, 1024));
});
