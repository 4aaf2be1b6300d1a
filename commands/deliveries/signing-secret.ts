import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject, randomBytes } from "node:crypto";
import type { SecretCard } from "#domain/deliveries/events.ts";

/** A secret as Standard Webhooks 1.0 writes it, and what the log may know of it. */
export interface SigningSecret {
  /** `whsec_…` or `whsk_…`. */
  readonly text: string;
  readonly card: (id: string) => SecretCard;
}

/** Null where the text is no secret of Standard Webhooks: `whsec_` and 24 to 64 bytes, `whsk_` and an Ed25519 key, in base64. */
export const signingSecret = (text: string): SigningSecret | null => {
  const [, form, encoded = ""] = /^(whsec|whsk)_([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded, "base64");
  const fits = form === "whsec" ? bytes.length >= 24 && bytes.length <= 64 : bytes.length === 32 || bytes.length === 64;
  if (form === undefined || !fits) return null;
  const publicKey = form === "whsk" ? `whpk_${rawPublicKey(ed25519Key(bytes)).toString("base64")}` : null;
  return {
    text: text.trim(),
    card: (id) => ({
      id,
      algorithm: form === "whsec" ? "hmac-sha256" : "ed25519",
      // 32 bits, and of another text for each id: too little to find the secret by, enough to see that it is the right one.
      fingerprint: hash("sha256", `${id}.${text.trim()}`).slice(0, 8),
      publicKey,
    }),
  };
};

export const newSecretText = (algorithm: SecretCard["algorithm"]): string => {
  if (algorithm === "hmac-sha256") return `whsec_${randomBytes(32).toString("base64")}`;
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return `whsk_${Buffer.concat([seedOf(privateKey), rawPublicKey(publicKey)]).toString("base64")}`;
};

// RFC 8410 §7: the DER of a private key is these bytes and the seed.
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** Of a seed, or of a seed with the public key behind it. */
export const ed25519Key = (bytes: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8, bytes.subarray(0, 32)]), format: "der", type: "pkcs8" });

const seedOf = (key: KeyObject): Buffer => key.export({ format: "der", type: "pkcs8" }).subarray(-32);
const rawPublicKey = (key: KeyObject): Buffer => (key.type === "public" ? key : createPublicKey(key)).export({ format: "der", type: "spki" }).subarray(-32);
