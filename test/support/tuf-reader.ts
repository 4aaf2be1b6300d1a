import { createPublicKey, hash, verify } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "#domain/trust/canonical-json.ts";
import { RootMetadata, Signature, thresholdMet, type Key, type Role } from "#domain/trust/signed.ts";

/** What a client reads of any metadata file; it knows nothing of how the file was made. */
const File = z.strictObject({
  signatures: z.array(Signature),
  signed: z.looseObject({ _type: z.string(), version: z.int(), expires: z.iso.datetime() }),
});
export type File = z.infer<typeof File>;

const Meta = z.record(z.string(), z.strictObject({ version: z.int(), length: z.int().optional(), hashes: z.strictObject({ sha256: z.string() }).optional() }));
const Listed = z.record(z.string(), z.strictObject({ length: z.int(), hashes: z.strictObject({ sha256: z.string() }), custom: z.json().optional() }));
const Delegations = z.strictObject({
  keys: z.record(z.string(), RootMetadata.unwrap().shape.keys.unwrap().valueType),
  succinct_roles: z.strictObject({ bit_length: z.int(), name_prefix: z.string(), keyids: z.array(z.string()), threshold: z.int() }).optional(),
  roles: z.array(z.strictObject({ name: z.string(), path_hash_prefixes: z.array(z.string()), terminating: z.literal(true), keyids: z.array(z.string()), threshold: z.int() })).optional(),
});

export const read = (bytes: Uint8Array | undefined): File => File.parse(JSON.parse(Buffer.from(bytes ?? []).toString()));
export const metaOf = ({ signed }: File) => Meta.parse(signed["meta"]);
export const listOf = ({ signed }: File) => new Map(Object.entries(Listed.parse(signed["targets"])));
export const delegationsOf = ({ signed }: File) => Delegations.parse(signed["delegations"]);
export const rootOf = ({ signed }: File) => RootMetadata.parse(signed);

/** The role is met by signatures that verify over the canonical form of what is in the file, and none is wrong. */
export const signedBy = ({ signatures, signed }: File, { keyids, threshold }: Role, keys: Readonly<Record<string, Key>>): boolean => {
  const bytes = Buffer.from(canonicalJson(signed));
  const good = signatures.filter(({ keyid, sig }) => verify(null, bytes, publicKey(keys[keyid]), Buffer.from(sig, "hex")));
  return good.length === signatures.length && thresholdMet({ keyids, threshold }, good);
};

/** The delegated roles that a client looks into for a path, in its order. */
export const rolesFor = (path: string, { succinct_roles: succinct, roles = [] }: z.infer<typeof Delegations>): readonly string[] => {
  const digest = hash("sha256", path);
  if (!succinct) return roles.filter(({ path_hash_prefixes }) => path_hash_prefixes.some((prefix) => digest.startsWith(prefix))).map(({ name }) => name);
  const width = Math.ceil(succinct.bit_length / 4);
  const index = BigInt(`0x${digest}`) >> BigInt(256 - succinct.bit_length);
  return [`${succinct.name_prefix}-${index.toString(16).padStart(width, "0")}`];
};

const publicKey = (key: Key | undefined) =>
  createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(key?.keyval.public ?? "", "hex").toString("base64url") }, format: "jwk" });
