import { type Hash, hashBytes } from "#domain/audit/merkle.ts";
import { formatTilePath } from "#domain/audit/tile-path.ts";
import { tilesWith, tileWidth } from "#domain/audit/tiles.ts";
import { bytesAt } from "#api/cli/audit/bytes-at.ts";
import { counted } from "#api/cli/format.ts";
import type { Session } from "#api/cli/session.ts";
import type { Collected } from "./collected.ts";
import type { Extent } from "./leaf-rows.ts";

/** The tiles over those of the leaves, by the roots of whole ones of these. Answers how many there are. */
export const compareUpperTiles = async (session: Session, roots: readonly Hash[], findings: Collected): Promise<number> => {
  const tiles = tilesWith([], roots);
  for (const { level: below, index, hashes } of tiles) {
    const level = below + 1;
    const path = `ledger/${formatTilePath({ level, index, width: hashes.length / hashBytes })}`;
    const found = await bytesAt(session, path);
    const wrong = found ? "has a row that is not as the log makes it" : "lacks a row, or a part of it";
    if (!found?.equals(hashes)) findings.add({ position: null, event: null, message: `ledger.tiles ${wrong}: level=${level} index=${index}` });
  }
  return tiles.length;
};

/** Whether there are as many tiles of each level as leaves make. */
export const countTiles = ({ size, tiles }: Extent, findings: Collected): void => {
  const levels = Math.max(0, ...tiles.map(([level]) => level + 1));
  for (let level = 0; level < levels; level++) {
    const found = tiles.find(([one]) => one === level)?.[1] ?? 0;
    const wanted = Math.ceil(Math.floor(size / tileWidth ** level) / tileWidth);
    if (found !== wanted) findings.add({ position: null, event: null, message: `ledger.tiles has ${counted(found, "row")} of level=${level}, and ${wanted} by the log` });
  }
};
