import type { Closed } from "#domain/audit/compact-range.ts";
import type { Hash } from "#domain/audit/merkle.ts";
import { tileWidth } from "#domain/audit/tiles.ts";
import { counted } from "#api/cli/format.ts";
import type { Session } from "#api/cli/session.ts";
import type { Checked } from "./checked.ts";
import { collected } from "./collected.ts";
import { ledgerLeaves } from "./ledger-leaves.ts";
import { compareUpperTiles, countTiles } from "./ledger-upper-tiles.ts";
import type { LogLeaf } from "#api/cli/audit/log-leaves.ts";

/** The ledger's own tables, held against the log while that is hashed: they need no replay. The tiles of the leaves are compared there. */
export interface LedgerTables {
  /** Told of each leaf of the log in passing, in their order. */
  readonly see: (leaf: LogLeaf) => void;
  /** Told of each whole subtree over them. */
  readonly closed: (subtree: Closed) => void;
  /** Holds rows against the leaves that were seen since the last time: waits for those rows. */
  readonly compare: () => Promise<void>;
  /** When all leaves were seen. */
  readonly check: () => Promise<Checked>;
  readonly close: () => Promise<void>;
}

const check = "ledger tables";
/** Levels of the tree in one level of tiles. */
const tileHeight = Math.log2(tileWidth);

export const ledgerTables = (session: Session): LedgerTables => {
  const findings = collected(check);
  const leaves = ledgerLeaves(session, findings);
  const roots: Hash[] = [];
  let seen: LogLeaf[] = [];
  let count = 0;
  const compare = async (): Promise<void> => {
    const some = seen;
    seen = [];
    count += some.length;
    await leaves.compare(some);
  };
  return {
    see: (leaf) => void seen.push(leaf),
    closed: ({ level, hash }) => void (level === tileHeight && roots.push(hash)),
    compare,
    check: async () => {
      await compare();
      const extent = await leaves.rest();
      if (extent) countTiles(extent, findings);
      const tiles = Math.ceil(count / tileWidth) + (await compareUpperTiles(session, roots, findings));
      return { check, findings: findings.told, more: findings.more(), summary: `${counted(count, "leaf", "leaves")} and ${counted(tiles, "tile")}, each as the log makes it`, facts: { leaves: count, tiles } };
    },
    close: leaves.close,
  };
};
