import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { cp } from "node:fs/promises";
import process from "node:process";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { makeLinks } from "./links.ts";

/**
 * A copy that every user may read, made once per version and shared by all starters of this machine: it appears by a
 * rename, so that nobody runs half of one. `made` says that this call made it.
 */
export const sharedCopy = async (binaries: Binaries, cache: string): Promise<{ native: string; made: boolean }> => {
  const found = firstGood(binaries, cache);
  if (found) return { native: found, made: false };
  mkdirSync(cache, { recursive: true });
  if (process.getuid?.() === 0) chmodSync(cache, 0o755);
  sweep(cache);
  const draft = mkdtempSync(join(cache, ".new-"));
  try {
    await fill(draft, binaries.native);
    return { native: publish(draft, binaries, cache), made: true };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};

const fill = async (draft: string, native: string) => {
  await cp(native, join(draft, "native"), { recursive: true, verbatimSymlinks: true });
  open(draft);
  if (!makeLinks(join(draft, "native"))) throw new Error(`cannot make links in ${draft}`);
  // A power cut must not leave a copy of the right size with zeros in it.
  spawnSync("sync", ["-f", draft]);
};

// A broken copy (somebody removed a file) stays where it is and the next number is used: taking it away could take a good
// one that another starter has just put there.
const placeOf = ({ version }: Binaries, cache: string, number: number) =>
  join(cache, `postgresql-${version}-${process.platform}-${process.arch}${number > 1 ? `-${number}` : ""}`);

const firstGood = (binaries: Binaries, cache: string): string | null => {
  for (let number = 1; existsSync(placeOf(binaries, cache, number)); number++) {
    const native = join(placeOf(binaries, cache, number), "native");
    if (isComplete(binaries.native, native)) return native;
  }
  return null;
};

const publish = (draft: string, binaries: Binaries, cache: string): string => {
  for (let number = 1; ; number++) {
    const place = placeOf(binaries, cache, number);
    const native = join(place, "native");
    if (!existsSync(place)) tryRename(draft, place);
    if (isComplete(binaries.native, native)) return native;
  }
};

/** Fails where another starter was first; its copy is as good as ours. */
const tryRename = (from: string, to: string) => {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
};

const isComplete = (native: string, copied: string): boolean =>
  filesOf(native).every((path) => {
    const original = lstatSync(join(native, path));
    const twin = lstatSync(join(copied, path), { throwIfNoEntry: false });
    return twin !== undefined && (original.isSymbolicLink() || (original.isDirectory() ? twin.isDirectory() : twin.size === original.size));
  });

const filesOf = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" });

/** The owner's umask may have closed the original. */
const open = (folder: string) => {
  chmodSync(folder, 0o755);
  for (const path of filesOf(folder)) {
    const stats = lstatSync(join(folder, path));
    if (stats.isSymbolicLink()) continue;
    chmodSync(join(folder, path), stats.isDirectory() || (stats.mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
};

const abandoned = 10 * 60_000;

/** Drafts of starters that were killed: nobody needs ten minutes for 60 MB. */
const sweep = (cache: string) => {
  for (const name of readdirSync(cache).filter((name) => name.startsWith(".new-")))
    if (Date.now() - statSync(join(cache, name)).ctimeMs > abandoned) rmSync(join(cache, name), { recursive: true, force: true });
};
