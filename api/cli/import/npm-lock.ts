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

const Lock = z.object({ lockfileVersion: z.int(), packages: z.record(z.string(), LockedPackage).optional() });

/**
 * The package versions of an npm lock of version 2 or 3 (https://docs.npmjs.com/cli/configuring-npm/package-lock-json), each
 * once; no files: npm locks a SHA-512 and no size, and a TUF target needs a size and a SHA-256. The project itself, its
 * workspaces and links are left out. Throws `IndexError` that names the entry.
 */
export const readNpmLock = (file: string, text: string): PackageEntry[] => {
  const versions = new Map<string, PackageVersion>();
  for (const [path, locked] of Object.entries(lockedPackages(file, text))) {
    const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    if (name === undefined || locked.link === true) continue;
    const version = readVersion(file, path, { ...locked, name: locked.name ?? name });
    versions.set(version.key, merged(file, path, versions.get(version.key), version));
  }
  return [...versions.values()].map((version) => ({ target: null, version }));
};

const lockedPackages = (file: string, text: string): Readonly<Record<string, LockedPackage>> => {
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
): PackageVersion => {
  if (version === undefined) throw new IndexError(file, null, `packages[${JSON.stringify(path)}] has no version`);
  const slash = name.indexOf("/");
  const parsed = PackageVersion.safeParse({
    key: purl({ type: "npm", namespace: slash < 0 ? undefined : name.slice(0, slash), name: name.slice(slash + 1), version }),
    dependencies: relations.flatMap((relation) => dependencies(relation, ranges[relation] ?? {})),
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

const dependencies = (relation: string, ranges: Readonly<Record<string, string>>): Dependency[] =>
  Object.entries(ranges).map(([name, range]) => ({ relation, requirement: range === "" ? name : `${name}@${range}` }));

// One version may lie in many folders; a bundled copy of it lacks the integrity.
const merged = (file: string, path: string, before: PackageVersion | undefined, version: PackageVersion): PackageVersion => {
  if (before?.integrity === undefined) return version;
  if (version.integrity !== undefined && version.integrity !== before.integrity)
    throw new IndexError(file, null, `packages[${JSON.stringify(path)}] has another integrity than an earlier ${version.key}`);
  return before;
};
