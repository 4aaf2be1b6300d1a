import { createPublicKey, verify } from "node:crypto";

// RFC 8410 §4: a SubjectPublicKeyInfo frame around the 32 bytes of an Ed25519 key.
const frame = Buffer.from("302a300506032b6570032100", "hex");

/** Whether an Ed25519 signature is good; what is no key or no signature is not. */
export const verifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return verify(null, message, createPublicKey({ key: Buffer.concat([frame, publicKey]), format: "der", type: "spki" }), signature);
};
