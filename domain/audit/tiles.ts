import { type Hash, hashBytes, rootOfRun } from "./merkle.ts";
import type { Subtree } from "./subtrees.ts";

/** Hashes in a full tile, and entries in a full bundle: C2SP tlog-tiles. */
export const tileWidth = 256;
/** Levels of the tree in one level of tiles. */
const tileHeight = 8;

/** A tile of hashes by its place; a level of tiles has the roots of the full tiles below it. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

/** A tile's hashes, one behind the other; a partial tile is the beginning of the full one that it becomes. */
export interface Tile extends TilePlace {
  readonly hashes: Buffer;
}

/** Where the hashes below a subtree are found. */
export const tileOf = ({ level, index }: Subtree): TilePlace => ({
  level: Math.floor(level / tileHeight),
  index: Math.floor((index * 2 ** (level % tileHeight)) / tileWidth),
});

/** The hash of a subtree from its tile; null where the tile does not reach that far. */
export const hashInTile = ({ level, index }: Subtree, hashes: Buffer): Hash | null => {
  const width = 2 ** (level % tileHeight);
  const first = (index * width) % tileWidth;
  return hashes.length < (first + width) * hashBytes ? null : rootOfRun(hashes, first, width);
};

/** How many leaves the tiles hold, by the last one of level 0. */
export const sizeOfEdge = (edge: readonly Tile[]): number => {
  const last = edge.find(({ level }) => level === 0);
  return last ? last.index * tileWidth + last.hashes.length / hashBytes : 0;
};

/** The tiles that leaves behind the present ones make or lengthen. `edge`: the last tile of each level. */
export const tilesWith = (edge: readonly Tile[], leaves: readonly Hash[]): readonly Tile[] => {
  const changed: Tile[] = [];
  let hashes = leaves;
  for (let level = 0; hashes.length > 0; level++) {
    const last = edge.find((tile) => tile.level === level);
    const grown = levelWith(level, last, hashes);
    changed.push(...grown);
    // A tile that was full before is above already.
    hashes = grown.filter((tile) => tile.hashes.length === tileWidth * hashBytes).map((tile) => rootOfRun(tile.hashes, 0, tileWidth));
  }
  return changed;
};

const levelWith = (level: number, last: Tile | undefined, hashes: readonly Hash[]): readonly Tile[] => {
  const full = last?.hashes.length === tileWidth * hashBytes;
  const index = last ? last.index + (full ? 1 : 0) : 0;
  const begun = last && !full ? last.hashes : Buffer.alloc(0);
  const all = Buffer.concat([begun, ...hashes]);
  const tiles: Tile[] = [];
  for (let at = 0; at < all.length; at += tileWidth * hashBytes)
    tiles.push({ level, index: index + tiles.length, hashes: all.subarray(at, at + tileWidth * hashBytes) });
  return tiles;
};
