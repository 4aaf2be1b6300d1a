import { hash } from "node:crypto";

/** C2SP signed-note: a text, and who signed it. */
export interface SignedNote {
  /** Ends with a newline, which is signed too. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Four bytes by which a reader finds the key. */
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

/** An Ed25519 key as notes know it. */
export interface NoteKey {
  readonly name: string;
  /** 32 bytes. */
  readonly publicKey: Buffer;
}

/** Whether an Ed25519 signature is good; the domain itself does no more than hash. */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

const algorithm = Buffer.of(1);

/** C2SP signed-note, Ed25519: the first four bytes of SHA-256 over name, newline, 0x01 and the public key. */
export const noteKeyId = ({ name, publicKey }: NoteKey): Buffer =>
  hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), algorithm, publicKey]), "buffer").subarray(0, 4);

/** `<name>+<key id>+<key>`: what verifiers of notes are given. */
export const formatNoteKey = (key: NoteKey): string =>
  `${key.name}+${noteKeyId(key).toString("hex")}+${Buffer.concat([algorithm, key.publicKey]).toString("base64")}`;

/** Null for what is no Ed25519 key of this form. */
export const parseNoteKey = (text: string): NoteKey | null => {
  const [, name = "", keyId, encoded = ""] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded, "base64");
  const key = { name, publicKey: bytes.subarray(1) };
  return bytes.length === 33 && bytes[0] === 1 && noteKeyId(key).toString("hex") === keyId ? key : null;
};

export const isNoteName = (name: string): boolean => /^[^\s+]+$/u.test(name) && name.isWellFormed();

export const formatNote = ({ text, signatures }: SignedNote): string =>
  `${text}\n${signatures.map(({ name, keyId, signature }) => `— ${name} ${Buffer.concat([keyId, signature]).toString("base64")}\n`).join("")}`;

/** Null for what is no signed note. */
export const parseNote = (note: string): SignedNote | null => {
  const middle = note.lastIndexOf("\n\n");
  // oxlint-disable-next-line no-control-regex -- of control characters a note has newlines only
  if (middle < 0 || !note.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.isWellFormed()) return null;
  const lines = note.slice(middle + 2, -1).split("\n");
  const signatures = lines.map(signatureOf);
  const good = signatures.filter((signature) => signature !== null);
  return good.length === lines.length && good.length <= 100 ? { text: note.slice(0, middle + 1), signatures: good } : null;
};

const signatureOf = (line: string): NoteSignature | null => {
  const [, name = "", encoded = ""] = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  const bytes = Buffer.from(encoded, "base64");
  return bytes.length > 4 ? { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) } : null;
};

/** The text, where this key signed it; signatures of others (witnesses) are left alone. */
export const openNote = (note: string, key: NoteKey, verify: VerifyEd25519): string | null => {
  const parsed = parseNote(note);
  if (!parsed) return null;
  const keyId = noteKeyId(key);
  const own = parsed.signatures.filter((one) => one.name === key.name && one.keyId.equals(keyId));
  return own.length > 0 && own.every(({ signature }) => verify(key.publicKey, Buffer.from(parsed.text), signature)) ? parsed.text : null;
};
