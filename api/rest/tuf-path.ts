/** What a URL below `/tuf` asks for, decoded. */
export interface TufPath {
  readonly repository: string;
  readonly kind: "metadata" | "targets";
  /** All that follows: `1.root.json`, `dir/HASH.name`. */
  readonly name: string;
}

/** More than any TARGETPATH with a hash can have. */
const longest = 2048;

/**
 * The clients spell the same name in different ways (`(` or `%28`, `team%2Fa` for a role with a slash), so the path is decoded once and
 * then looked up. Null for what no name can be: the answer to that is 404 like any other (go-tuf takes nothing else for missing).
 */
export const parseTufPath = (url: string): TufPath | null => {
  const [, repository, kind, name] = /^(?:https?:\/\/[^/?#]*)?\/([^/?#]+)\/(metadata|targets)\/([^?#]+)/.exec(url) ?? [];
  if (repository === undefined || name === undefined || (kind !== "metadata" && kind !== "targets")) return null;
  const [decodedRepository, decodedName] = [decode(repository), decode(name)];
  return decodedRepository === null || decodedName === null ? null : { repository: decodedRepository, kind, name: decodedName };
};

const decode = (text: string): string | null => {
  try {
    const decoded = decodeURIComponent(text);
    // oxlint-disable-next-line no-control-regex
    return decoded.length > longest || /[\u0000-\u001f]/.test(decoded) ? null : decoded;
  } catch {
    return null;
  }
};

/** A metadata file's name; without a version, the newest is meant. */
export interface MetadataName {
  readonly role: string;
  readonly version: number | null;
}

const newestOnly = new Set(["root", "timestamp"]);

/**
 * TUF 1.0.34 §6.2: with consistent snapshots clients ask for `N.ROLE.json` and `timestamp.json` only; `root.json`, the newest,
 * is there for people. Null where the file has neither form.
 */
export const parseMetadataName = (file: string): MetadataName | null => {
  const [, digits, role] = /^(?:([1-9]\d{0,9})\.)?(.+)\.json$/.exec(file) ?? [];
  if (role === undefined) return null;
  if (digits === undefined) return newestOnly.has(role) ? { role, version: null } : null;
  return Number(digits) > 2 ** 31 - 1 ? null : { role, version: Number(digits) };
};

export interface HashedTarget {
  readonly path: string;
  readonly sha256: string;
}

/**
 * The targets that a name with a hash in it can mean: `dir/HASH.name` as TUF 1.0.34 §6.2.2 has it first, then `HASH.dir/name`, which tough
 * asks for. None where it has neither form. The name may be a target's own, too: the caller looks for that last.
 */
export const parseHashedTarget = (name: string): readonly HashedTarget[] => {
  const slash = name.lastIndexOf("/") + 1;
  const inFolder = splitHash(name.slice(slash), name.slice(0, slash));
  const before = slash > 0 ? splitHash(name, "") : null;
  return [inFolder, before].filter((target) => target !== null);
};

const splitHash = (name: string, folder: string): HashedTarget | null => {
  const [, sha256, rest] = /^([0-9a-f]{64})\.(.+)$/.exec(name) ?? [];
  return sha256 === undefined || rest === undefined ? null : { path: folder + rest, sha256 };
};
