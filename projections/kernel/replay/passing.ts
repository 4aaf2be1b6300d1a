import { hash } from "node:crypto";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Projection } from "#projections/kernel/projection.ts";
import { type Bucket, stretchBits, type Table, type TableDigest, tableDigest } from "./digest.ts";
import { rowHasher } from "./row-hash.ts";

/** A table that only grows, of whose rows no more is kept as they pass than their digest. */
export interface Passing {
  readonly table: Table;
  /** The next events, in the log's order. */
  readonly see: (events: readonly StoredEvent[]) => void;
  readonly digest: () => TableDigest;
}

/** Null where a read model does more than to add rows: only its tables tell what becomes of them. */
export const passing = (projection: Projection): Passing | null => {
  const { appends } = projection;
  if (!appends) return null;
  const { table: name, columns } = appends;
  const hashOf = rowHasher(Object.values(columns));
  const stretches = inStretches();
  return {
    table: { name, columns: Object.keys(columns), key: [0], grows: true },
    see: (events) => {
      for (const event of events) stretches.add(event.position, hashOf(appends.row(projection.decode(event))));
    },
    digest: () => tableDigest(name, stretches.all()),
  };
};

const hashBytes = 32;
const width = 2 ** stretchBits;

const inStretches = () => {
  const done: Bucket[] = [];
  const hashes = Buffer.alloc(width * hashBytes);
  let [bucket, rows] = [0, 0];
  const last = (): readonly Bucket[] => (rows === 0 ? [] : [{ bucket, rows, digest: hash("sha256", hashes.subarray(0, rows * hashBytes)) }]);
  return {
    add: (position: number, rowHash: string): void => {
      const next = Math.floor(position / width);
      if (next !== bucket) {
        done.push(...last());
        [bucket, rows] = [next, 0];
      }
      hashes.write(rowHash, rows++ * hashBytes, "binary");
    },
    all: (): readonly Bucket[] => [...done, ...last()],
  };
};
