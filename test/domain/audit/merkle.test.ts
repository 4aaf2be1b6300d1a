import assert from "node:assert/strict";
import fc from "fast-check";
import { compactRange } from "#domain/audit/compact-range.ts";
import { emptyRoot, foldHashes, type Hash, hashLeaf } from "#domain/audit/merkle.ts";
import { consistencyPlan, hashesOf, inclusionPlan, isConsistent, rootByInclusion, rootPlan } from "#domain/audit/proofs.ts";
import { type Subtree, subtreesOf } from "#domain/audit/subtrees.ts";
import { naivePath, naiveProof, naiveRoot } from "./naive.ts";

/** The leaves and roots of the test data that implementations of RFC 6962 share. */
const known = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map((hex) =>
  hashLeaf(Buffer.from(hex, "hex")),
);
const knownRoots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const many = Array.from({ length: 700 }, (_, index) => hashLeaf(`leaf ${index}`));
const leaves = (size: number) => many.slice(0, size);
const hashIn =
  (all: readonly Hash[]) =>
  ({ level, index }: Subtree): Hash =>
    naiveRoot(all.slice(index * 2 ** level, (index + 1) * 2 ** level));
const sizes = fc.integer({ min: 1, max: many.length });
const pairs = fc.tuple(sizes, sizes).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

const flipped = (hash: Hash): Hash => Buffer.from(hash.map((byte, index) => (index === 7 ? byte ^ 1 : byte)));

describe("The Merkle tree", () => {
  it("has the roots of RFC 6962's shared test data", () => {
    const range = compactRange();
    const roots = [range.root(), ...known.map((leaf) => (range.push(leaf), range.root()))];
    assert.deepEqual(roots.map((root) => root.toString("hex")), knownRoots);
  });

  it("hashes a text as its UTF-8", () => assert.deepEqual(hashLeaf("ünï\0"), hashLeaf(Buffer.from("ünï\0"))));

  it("has the root of the naive tree, read from left to right or made of whole subtrees", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: many.length }), (size) => {
        const range = compactRange();
        for (const leaf of leaves(size)) range.push(leaf);
        assert.deepEqual(range.root(), naiveRoot(leaves(size)));
        assert.deepEqual(foldHashes(rootPlan(size).map(hashIn(many))), naiveRoot(leaves(size)));
      }),
    ));

  it("takes whole subtrees in the place of leaves, and only where they can begin", () =>
    fc.assert(
      fc.property(pairs, sizes, ([start, end], size) => {
        const range = compactRange();
        for (const part of [subtreesOf(0, start), subtreesOf(start, end)]) for (const subtree of part) range.push(hashIn(many)(subtree), subtree.level);
        assert.deepEqual([range.size(), range.root()], [end, naiveRoot(leaves(end))]);
        if (size % 2 === 1) assert.throws(() => {
          const odd = compactRange();
          for (const leaf of leaves(size)) odd.push(leaf);
          odd.push(many[0] ?? emptyRoot, 1);
        }, RangeError);
      }),
    ));

  it("proves inclusion as the naive tree does, and no changed proof passes", () =>
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, nth, which) => {
        const index = nth % size;
        const [leaf, root] = [many[index] ?? emptyRoot, naiveRoot(leaves(size))];
        const proof = hashesOf(inclusionPlan(index, size), hashIn(many));
        assert.deepEqual(proof, naivePath(index, leaves(size)));
        assert.deepEqual(rootByInclusion({ index, size, leaf, proof }), root);
        const passes = (changed: Partial<Parameters<typeof rootByInclusion>[0]>) => rootByInclusion({ index, size, leaf, proof, ...changed })?.equals(root) ?? false;
        assert.equal(passes({ leaf: flipped(leaf) }), false);
        assert.equal(passes({ index: size }), false);
        assert.equal(passes({ proof: [...proof, leaf] }), false);
        if (proof.length === 0) return;
        assert.equal(passes({ proof: proof.with(which % proof.length, flipped(proof[which % proof.length] ?? emptyRoot)) }), false);
        assert.equal(passes({ proof: proof.slice(1) }), false);
        assert.equal(passes({ index: (index + 1) % size }), false);
      }),
    ));

  it("proves consistency as the naive tree does, and no changed proof passes", () =>
    fc.assert(
      fc.property(pairs, fc.nat(), ([from, to], which) => {
        const heads = [from, to].map((size) => ({ size, root: naiveRoot(leaves(size)) }));
        const [earlier, later] = [heads[0] ?? { size: 0, root: emptyRoot }, heads[1] ?? { size: 0, root: emptyRoot }];
        const proof = hashesOf(consistencyPlan(from, to), hashIn(many));
        assert.deepEqual(proof, naiveProof(from, leaves(to)));
        assert.equal(isConsistent(earlier, later, proof), true);
        assert.equal(isConsistent({ ...earlier, root: flipped(earlier.root) }, later, proof), false);
        assert.equal(isConsistent(earlier, { ...later, root: flipped(later.root) }, proof), false);
        assert.equal(isConsistent(earlier, later, [...proof, earlier.root]), false);
        if (proof.length > 0) assert.equal(isConsistent(earlier, later, proof.with(which % proof.length, flipped(proof[which % proof.length] ?? emptyRoot))), false);
        if (from < to) assert.equal(isConsistent(later, earlier, proof), false);
      }),
    ));
});
