import { z } from "zod";
import { type Hash, hashBytes } from "#domain/audit/merkle.ts";
import type { Subtree } from "#domain/audit/subtrees.ts";
import { formatTilePath } from "#domain/audit/tile-path.ts";
import { hashInTile, type TilePlace, tileOf, tileWidth } from "#domain/audit/tiles.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import type { Session } from "#api/cli/session.ts";
import { bytesAt } from "./bytes-at.ts";

const LeafRows = z.array(z.object({ index: z.number(), position: z.number(), id: z.string() }));
export type LeafRow = z.infer<typeof LeafRows>[number];

/** The server's tree of one size, by its tiles; what was fetched last is kept. */
export interface LedgerTiles {
  readonly size: number;
  readonly hashOf: (subtree: Subtree) => Promise<Hash>;
  /** The hashes of the leaves of a tile of level 0, one behind the other. */
  readonly tileAt: (index: number) => Promise<Buffer>;
  /** Which event the ledger says that a leaf is; null where it does not know. */
  readonly leafAt: (index: number) => Promise<LeafRow | null>;
}

/** Tiles of leaves that the server answers at once. */
const run = 64;

export const ledgerTiles = (session: Session, size: number): LedgerTiles => {
  const tile = kept(64, async (place: TilePlace) => whole(size, place, await bytesAt(session, pathIn(size, place))));
  const runs = kept(4, ({ index }: TilePlace) => bytesAt(session, `ledger/hashes/${index * run}`));
  const rows = kept(8, ({ index }: TilePlace) => rowsOf(session, index));
  return {
    size,
    hashOf: async (subtree) => {
      const hash = hashInTile(subtree, await tile(tileOf(subtree)));
      if (!hash) throw new RangeError(`a tree of ${size} leaves has no subtree ${subtree.level}/${subtree.index}`);
      return hash;
    },
    tileAt: async (index) => {
      const here = Math.floor(index / run);
      const asked = runs({ level: 0, index: here });
      // Whoever reads one reads on.
      if ((here + 1) * run * tileWidth < size) runs({ level: 0, index: here + 1 }).catch(() => undefined);
      const at = (index % run) * tileWidth * hashBytes;
      return whole(size, { level: 0, index }, (await asked)?.subarray(at, at + tileWidth * hashBytes));
    },
    leafAt: async (index) => (await rows({ level: 0, index: Math.floor(index / tileWidth) })).find((row) => row.index === index) ?? null,
  };
};

const widthIn = (size: number, { level, index }: TilePlace): number => Math.min(tileWidth, Math.floor(size / tileWidth ** level) - index * tileWidth);

const pathIn = (size: number, place: TilePlace): string => `ledger/${formatTilePath({ ...place, width: widthIn(size, place) })}`;

/** As much of a tile as a tree of this size has of it. */
const whole = (size: number, place: TilePlace, bytes: Buffer | null | undefined): Buffer => {
  const length = widthIn(size, place) * hashBytes;
  if (bytes && bytes.length >= length) return bytes.subarray(0, length);
  throw new CliError(exitCodes.unverified, `the ledger has lost its tile ${pathIn(size, place)}`, { hint: "fill it again: waybill rebuild ledger" });
};

const rowsOf = async (session: Session, tile: number): Promise<readonly LeafRow[]> => {
  let text = "";
  for await (const line of session.client.lines(`ledger/leaves/${tile}`)) text += line;
  return LeafRows.parse(JSON.parse(text));
};

const kept = <Value>(most: number, load: (place: TilePlace) => Promise<Value>): ((place: TilePlace) => Promise<Value>) => {
  const values = new Map<string, Promise<Value>>();
  return (place) => {
    const key = `${place.level}/${place.index}`;
    const value = values.get(key) ?? load(place);
    values.delete(key);
    values.set(key, value);
    for (const oldest of values.keys()) {
      if (values.size <= most) break;
      values.delete(oldest);
    }
    return value;
  };
};
