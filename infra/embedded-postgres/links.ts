import { lstatSync, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * npm packages hold no symbolic links, so the package's install script makes those of the shared libraries. Where scripts
 * did not run (`npm ci --ignore-scripts`, pnpm, npm 12) they are still to be made. False where `native` is read-only.
 */
export const makeLinks = (native: string): boolean => {
  try {
    for (const { source, target } of missing(native)) link(basename(source), join(dirname(native), target));
    return true;
  } catch (error) {
    if (isReadOnly(error)) return false;
    throw error;
  }
};

const missing = (native: string) =>
  Links.parse(JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"))).filter(
    ({ target }) => !lstatSync(join(dirname(native), target), { throwIfNoEntry: false }),
  );

const link = (source: string, target: string) => {
  try {
    symlinkSync(source, target);
  } catch (error) {
    // Another starter made it between our look and now.
    if (codeOf(error) !== "EEXIST") throw error;
  }
};

const isReadOnly = (error: unknown) => ["EACCES", "EPERM", "EROFS"].includes(codeOf(error) ?? "");

const codeOf = (error: unknown) => (error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined);
