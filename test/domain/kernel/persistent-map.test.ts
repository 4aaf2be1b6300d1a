import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyMap, lookUp, type PersistentMap, withEntries } from "#domain/kernel/persistent-map.ts";

const key = fc.string({ maxLength: 3 });
const change = fc.array(fc.tuple(key, fc.option(fc.nat(), { nil: undefined })), { maxLength: 20 });

describe("A persistent map", () => {
  it("holds after any changes what a plain Map holds", () =>
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const plain = new Map<string, number>();
        let map: PersistentMap<number> = emptyMap;
        for (const entries of changes) {
          map = withEntries(map, entries);
          for (const [name, value] of entries)
            if (value === undefined) plain.delete(name);
            else plain.set(name, value);
        }
        assert.equal(map.size, plain.size);
        for (const name of changes.flat().map(([name]) => name)) assert.equal(lookUp(map, name), plain.get(name));
      }),
    ));

  it("leaves older versions as they were", () => {
    const before = withEntries<number>(emptyMap, [["a", 1]]);
    const after = withEntries(before, [["a", 2], ["b", 3]]);
    assert.deepEqual([lookUp(before, "a"), lookUp(before, "b"), before.size], [1, undefined, 1]);
    assert.deepEqual([lookUp(after, "a"), lookUp(after, "b"), after.size], [2, 3, 2]);
  });
});
