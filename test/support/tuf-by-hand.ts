import { generateKeyPairSync, hash, sign } from "node:crypto";
import { Readable } from "node:stream";
import type { RestServer } from "./rest.ts";

/** A small repository, signed and put into the read model without any of the code that publishes. */
export interface ByHand {
  readonly repository: string;
  /** Content by target path. */
  readonly targets: Readonly<Record<string, string>>;
  /** Targets of one delegated role; its paths begin with its name. */
  readonly delegated?: { readonly role: string; readonly targets: Readonly<Record<string, string>> };
}

type Document = Record<string, unknown>;

const sha256 = (data: string | Uint8Array): string => hash("sha256", data);
const expires = "2100-01-01T00:00:00Z";

/** Canonical JSON for what is used here: ASCII keys, no control characters, integers. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

const makeSigner = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = {
    keytype: "ed25519",
    scheme: "ed25519",
    keyval: { public: publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex") },
  };
  const keyid = sha256(canonical(key));
  const signed = (document: Document): Buffer => {
    const sig = sign(null, Buffer.from(canonical(document)), privateKey).toString("hex");
    return Buffer.from(canonical({ signed: document, signatures: [{ keyid, sig }] }));
  };
  return { key, keyid, signed };
};

const common = (type: string, version = 1): Document => ({ _type: type, spec_version: "1.0.31", version, expires });

const described = (contents: Readonly<Record<string, string>>): Document =>
  Object.fromEntries(
    Object.entries(contents).map(([path, content]) => [path, { length: Buffer.byteLength(content), hashes: { sha256: sha256(content) } }]),
  );

/** Publishes version 1 of everything; answers with the bytes of each role. */
export const publishByHand = async (server: RestServer, { repository, targets, delegated }: ByHand): Promise<ReadonlyMap<string, Buffer>> => {
  const { key, keyid, signed } = makeSigner();
  const role = { keyids: [keyid], threshold: 1 };
  const roles = { root: role, targets: role, snapshot: role, timestamp: role };
  const files = new Map<string, Buffer>();
  files.set("root", signed({ ...common("root"), consistent_snapshot: true, keys: { [keyid]: key }, roles }));
  const delegations = delegated && {
    keys: { [keyid]: key },
    roles: [{ ...role, name: delegated.role, paths: [`${delegated.role}/*`], terminating: false }],
  };
  files.set("targets", signed({ ...common("targets"), targets: described(targets), ...(delegations && { delegations }) }));
  if (delegated) files.set(delegated.role, signed({ ...common("targets"), targets: described(delegated.targets) }));
  const listed = [...files.keys()].filter((name) => name !== "root").map((name) => [`${name}.json`, { version: 1 }]);
  files.set("snapshot", signed({ ...common("snapshot"), meta: Object.fromEntries(listed) }));
  files.set("timestamp", signed({ ...common("timestamp"), meta: { "snapshot.json": { version: 1 } } }));

  await insertRepository(server, repository, 0);
  for (const [name, bytes] of files) await insertMetadata(server, { repository, role: name, version: 1, bytes });
  for (const [path, content] of Object.entries({ ...targets, ...delegated?.targets })) await insertTarget(server, { repository, path, content });
  return files;
};

export const insertRepository = ({ sql }: RestServer, name: string, covers: number) =>
  sql.query({
    text: "insert into tuf.repositories (name, settings, root, bin_key, covers, established_at, position) values ($1, '{}', '{}', '{}', $2, now(), 1)",
    values: [name, covers],
  });

export const insertMetadata = (
  { sql }: RestServer,
  { repository, role, version, bytes }: { readonly repository: string; readonly role: string; readonly version: number; readonly bytes: Buffer },
) =>
  sql.query({
    text: `insert into tuf.metadata (repository, role, version, expires, length, sha256, content, position, at)
      values ($1, $2, $3, $4, $5, $6, $7, 1, now())`,
    values: [repository, role, version, expires, bytes.length, sha256(bytes), bytes.toString()],
  });

export interface TargetRow {
  readonly repository: string;
  readonly path: string;
  readonly content: string;
  /** Revisions of the targets stream; there since 0, and still there, where absent. */
  readonly from?: number;
  readonly to?: number;
  /** An imported target has no bytes here. */
  readonly uploaded?: boolean;
}

export const insertTarget = async ({ sql, blobs }: RestServer, { repository, path, content, from = 0, to, uploaded = true }: TargetRow): Promise<string> => {
  await sql.query({
    text: `insert into tuf.targets (repository, path, from_revision, to_revision, bin, length, sha256, entry, position, at)
      values ($1, $2, $3, $4, 0, $5, $6, '', 1, now())`,
    values: [repository, path, from, to ?? null, Buffer.byteLength(content), sha256(content)],
  });
  if (uploaded) await blobs.put(Readable.from([Buffer.from(content)]), 10_000_000);
  return sha256(content);
};
