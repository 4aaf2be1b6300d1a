import { constants, createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { type Envelope, signedBytes } from "#domain/graph/intake/envelope.ts";

/** A public key that envelopes are verified with. */
export interface VerifyingKey {
  /** Of its node: `key/<SHA-256 of the key as DER SubjectPublicKeyInfo>`. */
  readonly key: string;
  /** `ed25519`, `ecdsa-p256`, `rsa-3072`. */
  readonly algorithm: string;
  readonly verifies: (message: Buffer, signature: Buffer) => boolean;
}

export type Verdict = "verified" | "not verified" | "no key given";

/** What one signature of an envelope is worth. */
export interface Checked {
  /** What the envelope calls the key. */
  readonly keyid: string | null;
  readonly verdict: Verdict;
  /** The key that it verifies with. */
  readonly verifier: VerifyingKey | null;
}

/** A public key in PEM: Ed25519, ECDSA on P-256, RSA of 2,048 bits or more. Null for anything else, private keys above all. */
export const verifyingKey = (pem: string): VerifyingKey | null => {
  const object = /-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem) ? opened(pem) : null;
  const algorithm = object && algorithmOf(object);
  if (!object || algorithm === null) return null;
  const key = `key/${hash("sha256", object.export({ type: "spki", format: "der" }))}`;
  return { key, algorithm, verifies: (message, signature) => good(object, message, signature) };
};

const opened = (pem: string): KeyObject | null => {
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
};

const algorithmOf = ({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | null => {
  if (type === "ed25519") return type;
  if (type === "ec") return details?.namedCurve === "prime256v1" ? "ecdsa-p256" : null;
  const bits = details?.modulusLength ?? 0;
  return (type === "rsa" || type === "rsa-pss") && bits >= 2048 ? `rsa-${bits}` : null;
};

/** ECDSA and RSA over SHA-256, RSA by either padding: what signers of the field write. */
const good = (key: KeyObject, message: Buffer, signature: Buffer): boolean => {
  try {
    if (key.asymmetricKeyType === "ed25519") return verify(null, message, key, signature);
    if (key.asymmetricKeyType === "ec") return verify("sha256", message, key, signature);
    const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
    if (verify("sha256", message, pss, signature)) return true;
    return key.asymmetricKeyType === "rsa" && verify("sha256", message, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
  } catch {
    // What is no signature at all.
    return false;
  }
};

export const verifyEnvelope = (envelope: Envelope, keys: readonly VerifyingKey[]): readonly Checked[] => {
  const message = signedBytes(envelope);
  return envelope.signatures.map(({ keyid, bytes }) => {
    const verifier = keys.find((key) => key.verifies(message, bytes)) ?? null;
    return { keyid, verifier, verdict: keys.length === 0 ? "no key given" : verifier ? "verified" : "not verified" };
  });
};
