import assert from "node:assert/strict";
import * as fc from "fast-check";
import { gently } from "#projections/graph/adjacency/gently.ts";
import { halfSipHash } from "#projections/graph/adjacency/half-sip-hash.ts";
import { type Keys, keyOf, noKeys, numberOf, take } from "#projections/graph/adjacency/keys.ts";
import type { KeyRows } from "#projections/graph/adjacency/key-rows.ts";

const someKey = fc.oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.string({ unit: fc.constantFrom("a", "b", "é", "𝄞"), maxLength: 5 }), fc.nat(5000).map((number) => `pkg:npm/${number}`));
const someBatches = fc
  .uniqueArray(someKey, { maxLength: 3000, size: "max" })
  .chain((keys) => fc.tuple(fc.constant(keys), fc.array(fc.nat(keys.length), { maxLength: 6 })))
  .map(([keys, cuts]) => [0, ...cuts.toSorted((a, b) => a - b), keys.length].map((cut, index, all) => keys.slice(all[index - 1] ?? 0, cut)));

const rowsOf = (keys: readonly string[]): KeyRows => ({ bytes: Buffer.from(keys.join("")), lengths: Int32Array.from(keys, (key) => Buffer.byteLength(key)) });

/** What is asked by number, and by key, is what was taken in so far. */
const holds = (keys: Keys, taken: readonly string[], others: readonly string[]): void => {
  const numbers = new Map(taken.map((key, number) => [key, number]));
  assert.deepEqual(taken.map((_, number) => keyOf(keys, number)), taken);
  assert.deepEqual(taken.map((key) => numberOf(keys, key)), [...numbers.values()]);
  assert.equal(keyOf(keys, taken.length), undefined);
  for (const key of others) assert.equal(numberOf(keys, key), numbers.get(key));
};

describe("The keys in memory", () => {
  it("are those of their numbers, and the numbers theirs, whatever is in them and however many have come", () =>
    fc.assert(
      fc.asyncProperty(someBatches, fc.array(someKey), async (batches, others) => {
        const keys = noKeys();
        const taken: string[] = [];
        for (const [index, batch] of batches.entries()) {
          taken.push(...batch);
          await gently(take(keys, index % 2 === 0 ? [rowsOf(batch)] : [rowsOf(batch.slice(0, 3)), rowsOf(batch.slice(3))], taken.length));
          holds(keys, taken, [...others, ...(batches[index + 1] ?? [])]);
        }
      }),
      { numRuns: 40 },
    ));

  it("are whole ones whenever somebody looks while more are taken in", () => {
    const all = Array.from({ length: 60_000 }, (_, number) => `key/${number}`);
    const [first, second] = [all.slice(0, 20_000), all.slice(20_000)];
    const keys = noKeys();
    const looks: number[] = [];
    for (const [rows, nodes] of [[rowsOf(first), 20_000], [rowsOf(second), 60_000]] as const)
      for (const _ of take(keys, [rows], nodes)) {
        looks.push(keys.count);
        for (const number of keys.count === 0 ? [] : [0, keys.count - 1]) {
          assert.equal(keyOf(keys, number), all[number]);
          assert.equal(numberOf(keys, all[number] ?? ""), number);
        }
        assert.deepEqual([keyOf(keys, keys.count), numberOf(keys, all[keys.count] ?? "")], [undefined, undefined]);
      }
    assert.ok(new Set(looks).size > 5);
    assert.equal(keys.count, all.length);
  });

  it("are as many as there are nodes: numbers have no gaps", () => {
    assert.throws(() => [...take(noKeys(), [rowsOf(["a", "b"])], 3)], /2 keys of 3 nodes/);
  });

  // The kernel of Linux has these in lib/test_siphash.c: of 0, 1, 2 … bytes 00, 01, 02 …
  it("are hashed as HalfSipHash-1-3 is elsewhere", () => {
    const expected = [0x5814c896, 0xe7e864ca, 0xbc4b0e30, 0x01539939, 0x7e059ea6, 0x88e3d89b, 0xa0080b65, 0x9d38d9d6, 0x577999b1, 0xc839caed];
    const bytes = Uint8Array.from({ length: 10 }, (_, byte) => byte);
    const hash = halfSipHash(0x03020100, 0x07060504);
    assert.deepEqual(expected.map((_, length) => hash(bytes, 0, length) >>> 0), expected);
    assert.equal(hash(Uint8Array.of(9, 9, ...bytes), 2, 9), hash(bytes, 0, 7));
  });
});
