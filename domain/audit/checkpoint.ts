import { hashBytes } from "./merkle.ts";
import { formatNote, type NoteKey, noteKeyId, openNote, type VerifyEd25519 } from "./note.ts";
import type { Head } from "./proofs.ts";

/** C2SP tlog-checkpoint: what a log says of itself. */
export interface Checkpoint extends Head {
  /** Which log. */
  readonly origin: string;
}

/** The text that is signed: origin, size in decimal, root in base64. Extension lines are discouraged, and there are none. */
export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${root.toString("base64")}\n`;

/** Null for what is no checkpoint; extension lines of others are passed over. */
export const parseCheckpoint = (text: string): Checkpoint | null => {
  const [origin = "", digits = "", encoded = ""] = text.split("\n");
  const [size, root] = [Number(digits), Buffer.from(encoded, "base64")];
  if (origin === "" || !text.endsWith("\n") || !/^(0|[1-9]\d*)$/.test(digits) || !Number.isSafeInteger(size)) return null;
  return root.length === hashBytes && root.toString("base64") === encoded ? { origin, size, root } : null;
};

/** The checkpoint in a signed note, where this key signed it and it is of the log that the key is named for. */
export const openCheckpoint = (note: string, key: NoteKey, verify: VerifyEd25519): Checkpoint | null => {
  const text = openNote(note, key, verify);
  const checkpoint = text === null ? null : parseCheckpoint(text);
  return checkpoint?.origin === key.name ? checkpoint : null;
};

/** The signed note, from the signature over `formatCheckpoint`. */
export const checkpointNote = (checkpoint: Checkpoint, key: NoteKey, signature: Buffer): string =>
  formatNote({ text: formatCheckpoint(checkpoint), signatures: [{ name: key.name, keyId: noteKeyId(key), signature }] });
