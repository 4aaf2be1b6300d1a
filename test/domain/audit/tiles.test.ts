import assert from "node:assert/strict";
import fc from "fast-check";
import { hashLeaf } from "#domain/audit/merkle.ts";
import { formatBundle, formatTilePath, parseTilePath } from "#domain/audit/tile-path.ts";
import { hashInTile, sizeOfEdge, type Tile, tileOf, tilesWith, tileWidth } from "#domain/audit/tiles.ts";
import { naiveRoot } from "./naive.ts";

const many = Array.from({ length: 3000 }, (_, index) => hashLeaf(`leaf ${index}`));

/** The tiles after these leaves came in portions. */
const tiled = (portions: readonly number[]): ReadonlyMap<string, Tile> => {
  const tiles = new Map<string, Tile>();
  let done = 0;
  for (const portion of portions) {
    const edge = [0, 1, 2].flatMap((level) => [...tiles.values()].findLast((tile) => tile.level === level) ?? []);
    assert.equal(sizeOfEdge(edge), done);
    for (const tile of tilesWith(edge, many.slice(done, done + portion))) tiles.set(`${tile.level}/${tile.index}`, tile);
    done += portion;
  }
  return tiles;
};

describe("Tiles", () => {
  it("are the same whatever the portions are, and know every whole subtree", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 4 }), fc.nat(), (portions, nth) => {
        const size = portions.reduce((sum, portion) => sum + portion, 0);
        const tiles = tiled(portions);
        assert.deepEqual([...tiled([size]).values()].map((tile) => tiles.get(`${tile.level}/${tile.index}`)), [...tiled([size]).values()]);
        for (let level = 0; 2 ** level <= size; level++) {
          const index = nth % Math.floor(size / 2 ** level);
          const place = tileOf({ level, index });
          const tile = tiles.get(`${place.level}/${place.index}`);
          assert.deepEqual(tile && hashInTile({ level, index }, tile.hashes), naiveRoot(many.slice(index * 2 ** level, (index + 1) * 2 ** level)));
        }
      }),
      { numRuns: 40 },
    ));

  it("say nothing of what is beyond their end", () => {
    const [tile] = [...tiled([5]).values()];
    assert.ok(tile);
    assert.equal(hashInTile({ level: 2, index: 1 }, tile.hashes), null);
    assert.equal(hashInTile({ level: 0, index: 5 }, tile.hashes), null);
  });

  it("have the paths of C2SP tlog-tiles", () => {
    assert.equal(formatTilePath({ level: 0, index: 1234067, width: tileWidth }), "tile/0/x001/x234/067");
    assert.equal(formatTilePath({ level: "entries", index: 273, width: 112 }), "tile/entries/273.p/112");
    assert.deepEqual(parseTilePath("tile/1/x001/000.p/3"), { level: 1, index: 1000, width: 3 });
    for (const wrong of ["tile/0/1", "tile/0/x000/001", "tile/0/001.p/256", "tile/0/001.p/0", "tile/64/000", "tile/01/000", "tile/data/000", "tile/0/001/", "tile/0/../001"])
      assert.equal(parseTilePath(wrong), null, wrong);
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 256 }), fc.integer({ min: 0, max: 63 }), (index, width, level) =>
        assert.deepEqual(parseTilePath(formatTilePath({ level, index, width })), { level, index, width }),
      ),
    );
  });

  it("have bundles of entries behind their lengths", () => assert.equal(formatBundle(["ab", "ü"]).toString("hex"), "0002616200 02c3bc".replace(" ", "")));
});
