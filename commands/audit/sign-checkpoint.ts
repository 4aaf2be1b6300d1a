import { type Checkpoint, checkpointNote, formatCheckpoint, openCheckpoint } from "#domain/audit/checkpoint.ts";
import type { Ledger } from "#domain/audit/ledger.ts";
import type { NoteKey } from "#domain/audit/note.ts";
import type { Head } from "#domain/audit/proofs.ts";
import type { Signer } from "#commands/ports/signer.ts";
import { verifyEd25519 } from "./ed25519.ts";

/** The tree does not hold what was signed of it before: the log was changed, or is another. Nothing is signed any more. */
export class TreeContradicts extends Error {
  readonly signed: Head;

  constructor(signed: Head) {
    super(`the tree over the log has another root at size ${signed.size} than the checkpoint that was signed: the log was changed. Nothing more is signed; see: waybill audit verify`);
    this.name = "TreeContradicts";
    this.signed = signed;
  }
}

/** What checkpoints are signed by, and checked with. */
export const noteKeyOf = ({ origin, publicKey }: Pick<Ledger, "origin" | "publicKey">): NoteKey => ({ name: origin, publicKey: Buffer.from(publicKey, "hex") });

export interface Signing {
  readonly ledger: Ledger;
  readonly signer: Signer;
  /** The head of the tree as it was at that size; null where it is smaller by now, or not that large yet. */
  readonly headAt: (size: number) => Promise<Head | null>;
  /** Notes that were signed before, from wherever they survived. */
  readonly signed: readonly string[];
}

/**
 * The note of the tree at this size; null where the tree does not reach to what was signed before, as while it is filled anew. Signs
 * nothing that does not hold everything that was signed before it: throws `TreeContradicts`.
 */
export const signCheckpoint = async ({ ledger, signer, headAt, signed }: Signing, size: number): Promise<string | null> => {
  const key = noteKeyOf(ledger);
  const before = signed.map((note) => openCheckpoint(note, key, verifyEd25519)).filter((checkpoint) => checkpoint !== null);
  for (const checkpoint of before) {
    const head = checkpoint.size <= size ? await headAt(checkpoint.size) : null;
    if (!head) return null;
    if (!head.root.equals(checkpoint.root)) throw new TreeContradicts(checkpoint);
  }
  const head = await headAt(size);
  if (!head) return null;
  const checkpoint: Checkpoint = { origin: ledger.origin, ...head };
  const { sig } = await signer.sign(ledger.keyid, Buffer.from(formatCheckpoint(checkpoint)));
  return checkpointNote(checkpoint, key, Buffer.from(sig, "hex"));
};
