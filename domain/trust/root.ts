import { canonicalJson, keyidOf } from "./canonical-json.ts";
import { expiresText, specVersion } from "./metadata.ts";
import type { Key, Role, RootMetadata } from "./signed.ts";

interface IdentifiedKey {
  readonly keyid: string;
  readonly key: Key;
}

export interface FirstRoot {
  /** Signs roots only. */
  readonly rootKey: IdentifiedKey;
  /** Signs everything else, whenever there is something to publish. */
  readonly onlineKey: IdentifiedKey;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Life of the root, in seconds. */
  readonly expires: number;
}

/** Version 1 of a repository's root (TUF 1.0.34 §4.3); still to be signed by the root key. */
export const firstRoot = ({ rootKey, onlineKey, now, expires }: FirstRoot): RootMetadata => {
  const online = signedBy(onlineKey);
  return {
    _type: "root",
    spec_version: specVersion,
    version: 1,
    expires: expiresText(now + expires * 1000),
    consistent_snapshot: true,
    keys: { [rootKey.keyid]: rootKey.key, [onlineKey.keyid]: onlineKey.key },
    roles: { root: signedBy(rootKey), targets: online, snapshot: online, timestamp: online },
  };
};

/** The bytes of a root that are signed. */
export const rootPart = (root: RootMetadata): Buffer => Buffer.from(canonicalJson(root));

const signedBy = ({ keyid, key }: IdentifiedKey): Role => {
  // tough computes every keyid again and refuses the whole root where one differs.
  if (keyidOf(key) !== keyid) throw new Error(`${keyid} is not the keyid of its key`);
  return { keyids: [keyid], threshold: 1 };
};
