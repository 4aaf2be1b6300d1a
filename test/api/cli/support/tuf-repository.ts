import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
};
/** Canonical enough for what is in here: no floats, no control characters. */
const canonical = (value: unknown): string => JSON.stringify(sorted(value));
const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** A small TUF repository without bins, one key for all roles, as the files of a web server. */
export class TufRepository {
  readonly files = new Map<string, Buffer>();
  readonly #name: string;
  readonly #privateKey: KeyObject;
  readonly #keyid: string;
  readonly #key: object;
  #version = 0;

  constructor(name: string) {
    this.#name = name;
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    this.#privateKey = privateKey;
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
    this.#key = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } };
    this.#keyid = sha256(canonical(this.#key));
    const role = { keyids: [this.#keyid], threshold: 1 };
    this.#metadata("1.root.json", {
      _type: "root",
      version: 1,
      consistent_snapshot: true,
      keys: { [this.#keyid]: this.#key },
      roles: { root: role, targets: role, snapshot: role, timestamp: role },
    });
  }

  /** The next version of everything, with these targets; `stored` false leaves the bytes away. */
  publish(
    targets: Readonly<Record<string, string>>,
    { stored = true, version = this.#version + 1, expires = "2090-01-01T00:00:00Z" } = {},
  ): void {
    this.#version = version;
    const entries: [string, object][] = Object.entries(targets).map(([path, content]) => [
      path,
      { length: Buffer.byteLength(content), hashes: { sha256: sha256(content) } },
    ]);
    if (stored) for (const [path, content] of Object.entries(targets)) this.files.set(this.#target(path, content), Buffer.from(content));
    this.#metadata(`${version}.targets.json`, { _type: "targets", version, targets: Object.fromEntries<object>(entries) });
    this.#metadata(`${version}.snapshot.json`, { _type: "snapshot", version, meta: { "targets.json": { version } } });
    this.#metadata("timestamp.json", { _type: "timestamp", version, meta: { "snapshot.json": { version } } }, expires);
  }

  tamper(path: string, content: string, instead: string): void {
    this.files.set(this.#target(path, content), Buffer.from(instead));
  }

  #target(path: string, content: string): string {
    const slash = path.lastIndexOf("/") + 1;
    return `/tuf/${this.#name}/targets/${path.slice(0, slash)}${sha256(content)}.${path.slice(slash)}`;
  }

  #metadata(file: string, content: object, expires = "2090-01-01T00:00:00Z"): void {
    const signed = { ...content, expires, spec_version: "1.0.34" };
    const signature = sign(null, Buffer.from(canonical(signed)), this.#privateKey).toString("hex");
    const bytes = canonical({ signatures: [{ keyid: this.#keyid, sig: signature }], signed });
    this.files.set(`/tuf/${this.#name}/metadata/${file}`, Buffer.from(bytes));
  }
}
