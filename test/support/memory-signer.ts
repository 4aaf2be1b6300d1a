import { createPrivateKey, createPublicKey, hash, type KeyObject } from "node:crypto";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Signer } from "#commands/ports/signer.ts";
import { identified, signEd25519 } from "#infra/keys/ed25519.ts";

/** Keys that follow from a seed and the order of asking, so that whatever is signed with them is the same on every run. */
export const memorySigner = (seed = "waybill"): Signer => {
  const keys = new Map<string, KeyObject>();
  return {
    generate: async (purpose) => {
      const privateKey = privateKeyOf(hash("sha256", JSON.stringify([seed, keys.size, purpose]), "buffer"));
      const vaultKey = identified(createPublicKey(privateKey));
      keys.set(vaultKey.keyid, privateKey);
      return vaultKey;
    },
    sign: async (keyid, bytes) => {
      const privateKey = keys.get(keyid);
      if (!privateKey) throw new Unavailable(`key ${keyid}`);
      return { keyid, sig: await signEd25519(privateKey, createPublicKey(privateKey), bytes) };
    },
  };
};

// RFC 8410 §7: a PKCS#8 frame around the 32 bytes of an Ed25519 private key.
const privateKeyOf = (secret: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), secret]), format: "der", type: "pkcs8" });
