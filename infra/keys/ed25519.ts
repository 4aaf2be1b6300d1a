import { type KeyObject, sign, verify } from "node:crypto";
import { keyidOf } from "#domain/trust/canonical-json.ts";
import type { Key } from "#domain/trust/signed.ts";

/** A key as TUF 1.0.34 §4.2 writes it, and its keyid. No more fields than these: tough computes the keyid over all of them. */
export const identified = (publicKey: KeyObject): { keyid: string; key: Key } => {
  const key = { keytype: "ed25519", scheme: "ed25519", keyval: { public: rawPublic(publicKey) } };
  return { keyid: keyidOf(key), key };
};

/** Hex of the signature; verified, since one that does not verify would be published for ever. Off the main thread. */
export const signEd25519 = async (privateKey: KeyObject, publicKey: KeyObject, bytes: Uint8Array): Promise<string> => {
  const signature = await signed(privateKey, bytes);
  if (!(await verified(publicKey, bytes, signature))) throw new Error("a signature does not verify with the public key beside its private key");
  return signature.toString("hex");
};

// The 32 bytes at the end of the SubjectPublicKeyInfo (RFC 8410 §4).
const rawPublic = (publicKey: KeyObject): string => publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");

const signed = (key: KeyObject, bytes: Uint8Array) =>
  new Promise<Buffer>((resolve, reject) => {
    sign(null, bytes, key, (error, signature) => (error ? reject(error) : resolve(signature)));
  });

const verified = (key: KeyObject, bytes: Uint8Array, signature: Uint8Array) =>
  new Promise<boolean>((resolve, reject) => {
    verify(null, bytes, key, signature, (error, good) => (error ? reject(error) : resolve(good)));
  });
