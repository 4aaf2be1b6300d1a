import { z } from "zod";
import { JsonObject } from "#domain/kernel/json.ts";

export const KeyId = z.string().regex(/^[0-9a-f]{64}$/);

/** TUF 1.0.34 §4.2: `sig` is hex. */
export const Signature = z.strictObject({ keyid: KeyId, sig: z.string().regex(/^[0-9a-f]*$/) }).readonly();
export type Signature = z.infer<typeof Signature>;

/** TUF 1.0.34 §4.2, scheme ed25519: `public` is hex. No further fields: tough computes keyids over all of them. */
export const Key = z.looseObject({
  keytype: z.string(),
  scheme: z.string(),
  keyval: z.looseObject({ public: z.string() }).readonly(),
}).readonly();
export type Key = z.infer<typeof Key>;

/** TUF 1.0.34 §4.3. */
export const Role = z.looseObject({ keyids: z.array(KeyId).readonly(), threshold: z.int().min(1) }).readonly();
export type Role = z.infer<typeof Role>;

/** TUF 1.0.34 §5.3.4: a keyid counts once, however often it signed. Counts keyids: whoever made the signatures verified them. */
export const thresholdMet = ({ keyids, threshold }: Role, signatures: readonly Signature[]): boolean => {
  const signed = new Set(signatures.map(({ keyid }) => keyid));
  return new Set(keyids.filter((keyid) => signed.has(keyid))).size >= threshold;
};

/** TUF 1.0.34 §4.4: `YYYY-MM-DDTHH:MM:SSZ`, no milliseconds (python-tuf refuses them). */
export const Expires = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

export const RootMetadata = z.looseObject({
  _type: z.literal("root"),
  spec_version: z.string(),
  version: z.int().min(1),
  expires: Expires,
  consistent_snapshot: z.literal(true),
  keys: z.record(KeyId, Key).readonly(),
  roles: z.looseObject({ root: Role, targets: Role, snapshot: Role, timestamp: Role }).readonly(),
}).readonly();
export type RootMetadata = z.infer<typeof RootMetadata>;

/** A document of TUF with its signatures, as it was signed: unknown fields are kept. */
export const SignedRoot = z.strictObject({ signed: RootMetadata, signatures: z.array(Signature).readonly() }).readonly();
export type SignedRoot = z.infer<typeof SignedRoot>;

export const Signed = z.strictObject({ signed: JsonObject, signatures: z.array(Signature).readonly() }).readonly();
export type Signed = z.infer<typeof Signed>;
