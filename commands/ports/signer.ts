import type { Key, Signature } from "#domain/trust/signed.ts";

/** A public key in the vault. */
export interface VaultKey {
  readonly keyid: string;
  readonly key: Key;
}

/** Private keys stay behind this. Throws `Unavailable` when the vault does not answer or holds no such key. */
export interface Signer {
  /** A new Ed25519 key; `purpose` is for people only (`demo root`). */
  generate(purpose: string): Promise<VaultKey>;
  /** The signature over these bytes by that key, verified before it is returned. */
  sign(keyid: string, bytes: Uint8Array): Promise<Signature>;
}
