import { createHmac, sign as signWith } from "node:crypto";
import { ed25519Key } from "#commands/deliveries/signing-secret.ts";

/** Signs one message: `v1,…` or `v1a,…` (Standard Webhooks 1.0). */
export type Sign = (id: string, timestamp: number, body: Buffer) => string;

/** Of a secret's text. */
export const signer = (secret: string): Sign => {
  const bytes = Buffer.from(secret.slice(secret.indexOf("_") + 1), "base64");
  if (secret.startsWith("whsec_"))
    return (id, timestamp, body) => `v1,${createHmac("sha256", bytes).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
  const key = ed25519Key(bytes);
  return (id, timestamp, body) => `v1a,${signWith(null, Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]), key).toString("base64")}`;
};

/** The headers of Standard Webhooks: the same id on every attempt, the time of this one, a signature by each active secret. */
export const signedHeaders = (signers: readonly Sign[], id: string, now: number, body: Buffer): Readonly<Record<string, string>> => {
  const timestamp = Math.floor(now / 1000);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signers.map((sign) => sign(id, timestamp, body)).join(" "),
  };
};
