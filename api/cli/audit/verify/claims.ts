import { openCheckpoint } from "#domain/audit/checkpoint.ts";
import { type Closed, type CompactRange, compactRange } from "#domain/audit/compact-range.ts";
import type { Hash } from "#domain/audit/merkle.ts";
import type { NoteKey } from "#domain/audit/note.ts";
import type { Head } from "#domain/audit/proofs.ts";
import { verifyEd25519 } from "#commands/audit/ed25519.ts";

/** What was signed of the log, from wherever it is known, by size. A note that this key did not sign claims nothing. */
export const claimsOf = (notes: readonly string[], key: NoteKey): { readonly claims: readonly Head[]; readonly unsigned: number } => {
  const opened = notes.map((note) => openCheckpoint(note, key, verifyEd25519));
  const claims = new Map(opened.flatMap((claim) => (claim && claim.size > 0 ? [[`${claim.size} ${claim.root.toString("hex")}`, claim] as const] : [])));
  return { claims: [...claims.values()].toSorted((a, b) => a.size - b.size), unsigned: opened.filter((claim) => claim === null).length };
};

/** Leaves, one after the other, against everything that was signed of them. */
export interface Holding {
  readonly push: (leaf: Hash) => void;
  /** Those that do not hold; also those that there are not enough leaves for. */
  readonly broken: () => readonly Head[];
  readonly size: () => number;
  readonly root: () => Hash;
  /** Another that goes on from here with these claims, which begin as the others do. */
  readonly fork: (claims: readonly Head[]) => Holding;
}

export const holding = (claims: readonly Head[], closed?: (subtree: Closed) => void): Holding => holdingFrom(claims, compactRange(closed), { broken: [], next: 0 });

const holdingFrom = (claims: readonly Head[], range: CompactRange, from: { readonly broken: Head[]; readonly next: number }): Holding => {
  const { broken } = from;
  let { next } = from;
  return {
    push: (leaf: Hash): void => {
      range.push(leaf);
      for (let claim = claims[next]; claim?.size === range.size(); claim = claims[++next]) if (!claim.root.equals(range.root())) broken.push(claim);
    },
    broken: () => [...broken, ...claims.slice(next)],
    size: range.size,
    root: range.root,
    fork: (others) => holdingFrom(others, range.fork(), { broken: [...broken], next }),
  };
};
