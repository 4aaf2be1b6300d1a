import { z } from "zod";
import { type Dependency, PackageVersion } from "#domain/graph/events.ts";
import { IndexError } from "./index-error.ts";
import type { PackageEntry } from "./package-entry.ts";
import { purl } from "#domain/graph/purl.ts";

const Ranges = z.record(z.string(), z.string()).optional();

const LockedPackage = z.object({
  name: z.string().optional(),
  version: z.string().min(1).optional(),
  link: z.boolean().optional(),
  integrity: z.string().min(1).optional(),
  dependencies: Ranges,
  optionalDependencies: Ranges,
  peerDependencies: Ranges,
});
type LockedPackage = z.infer<typeof LockedPackage>;
type Packages = Readonly<Record<string, LockedPackage>>;

const Lock = z.object({ lockfileVersion: z.int(), packages: z.record(z.string(), LockedPackage).optional() });

/**
 * The package versions of an npm lock of version 2 or 3 (https://docs.npmjs.com/cli/configuring-npm/package-lock-json), each
 * once; no files: npm locks a SHA-512 and no size, and a TUF target needs a size and a SHA-256. The project itself, its
 * workspaces and links are left out. Throws `IndexError` that names the entry.
 */
export const readNpmLock = (file: string, text: string): PackageEntry[] => {
  const versions = new Map<string, PackageVersion>();
  const packages = lockedPackages(file, text);
  for (const [path, locked] of Object.entries(packages)) {
    const name = nameAt(path);
    if (name === undefined || locked.link === true) continue;
    const version = readVersion(file, path, { ...locked, name: locked.name ?? name }, packages);
    versions.set(version.key, merged(file, path, versions.get(version.key), version));
  }
  return [...versions.values()].map((version) => ({ target: null, version }));
};

const nameAt = (path: string): string | undefined => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];

const lockedPackages = (file: string, text: string): Packages => {
  const lock = Lock.safeParse(json(file, text));
  if (lock.error) {
    const issue = lock.error.issues[0];
    throw new IndexError(
      file,
      null,
      `this is no npm lock: ${issue?.path.map((part) => JSON.stringify(part)).join(".")}: ${issue?.message}`,
    );
  }
  const { lockfileVersion, packages } = lock.data;
  if (lockfileVersion > 3)
    throw new IndexError(file, null, `lockfileVersion ${lockfileVersion} is newer than this program knows (2 and 3)`);
  if (!packages || lockfileVersion < 2)
    throw new IndexError(
      file,
      null,
      `lockfileVersion ${lockfileVersion} is too old; make it new with: npm install --package-lock-only --lockfile-version 3`,
    );
  return packages;
};

const json = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.replace(/, [^,]*"[^]*is not valid JSON$/, "") : "";
    throw new IndexError(file, lineOf(text, cause), `this is no JSON: ${problem}`, { cause });
  }
};

// V8 tells the position of most mistakes, of an unexpected token the text around it, and of an early end nothing.
const lineOf = (text: string, error: unknown): number => {
  const message = error instanceof Error ? error.message : "";
  const position = /at position (\d+)/.exec(message)?.[1];
  const around = /(\.{3})?"([^]*?)"(?:\.{3})? is not valid JSON$/.exec(message);
  const found = around ? text.indexOf(around[2] ?? "") + (around[1] === undefined ? 0 : 10) : text.trimEnd().length;
  return text.slice(0, position === undefined ? found : Number(position)).split("\n").length;
};

const readVersion = (
  file: string,
  path: string,
  { name, version, integrity, ...ranges }: LockedPackage & { name: string },
  packages: Packages,
): PackageVersion => {
  if (version === undefined) throw new IndexError(file, null, `packages[${JSON.stringify(path)}] has no version`);
  const chosen = (wanted: string) => chosenFor(packages, path, wanted);
  const parsed = PackageVersion.safeParse({
    key: keyOf(name, version),
    dependencies: relations.flatMap((relation) => dependencies(relation, ranges[relation] ?? {}, chosen)),
    ...(integrity === undefined ? {} : { integrity }),
  });
  if (parsed.error)
    throw new IndexError(
      file,
      null,
      `packages[${JSON.stringify(path)}]: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}`,
    );
  return parsed.data;
};

const relations = ["dependencies", "optionalDependencies", "peerDependencies"] as const;

const keyOf = (name: string, version: string): string => {
  const slash = name.indexOf("/");
  return purl({ type: "npm", namespace: slash < 0 ? undefined : name.slice(0, slash), name: name.slice(slash + 1), version });
};

const dependencies = (relation: string, ranges: Readonly<Record<string, string>>, chosen: (name: string) => string | undefined): Dependency[] =>
  Object.entries(ranges).map(([name, range]) => {
    const declared = { relation, requirement: range === "" ? name : `${name}@${range}` };
    const resolved = chosen(name);
    return resolved === undefined ? declared : Object.assign(declared, { resolved });
  });

/**
 * The version that a package in this folder gets when it asks for a name: the nearest node_modules upwards that has it
 * (https://nodejs.org/api/modules.html#loading-from-node_modules-folders). None where it was left out, or is a package of the project itself.
 */
const chosenFor = (packages: Packages, path: string, wanted: string): string | undefined => {
  for (let folder: string | null = path; folder !== null; folder = above(folder)) {
    const found = packages[folder === "" ? `node_modules/${wanted}` : `${folder}/node_modules/${wanted}`];
    if (found) return found.link === true || found.version === undefined ? undefined : keyOf(found.name ?? wanted, found.version);
  }
  return undefined;
};

/** The next folder upwards that may have a node_modules; null above the project. */
const above = (folder: string): string | null => {
  if (folder === "") return null;
  const parent = folder.slice(0, Math.max(0, folder.lastIndexOf("/")));
  return /(?:^|\/)(?:node_modules|@[^/]+)$/.test(parent) ? above(parent) : parent;
};

// One version may lie in many folders, and get others there; a bundled copy of it lacks the integrity.
const merged = (file: string, path: string, before: PackageVersion | undefined, version: PackageVersion): PackageVersion => {
  if (!before) return version;
  if (version.integrity !== undefined && before.integrity !== undefined && version.integrity !== before.integrity)
    throw new IndexError(file, null, `packages[${JSON.stringify(path)}] has another integrity than an earlier ${version.key}`);
  const integrity = before.integrity ?? version.integrity;
  const asked = new Map([...before.dependencies, ...version.dependencies].map((one) => [JSON.stringify([one.relation, one.requirement, one.resolved]), one]));
  return { key: version.key, dependencies: [...asked.values()], ...(integrity === undefined ? {} : { integrity }) };
};
