import { statfsSync } from "node:fs";
import { CannotStart } from "#infra/cannot-start.ts";
import { databaseUrlHint } from "./binaries.ts";

/** A program of PostgreSQL ended before its work was done; its last words say why. */
export class Ended extends Error {
  readonly lines: readonly string[];

  constructor(program: string, lines: readonly string[]) {
    super(`${program} ended: ${lines.slice(-4).join(" / ") || "without a word"}`);
    this.name = "Ended";
    this.lines = lines;
  }
}

/** The server lives but does not know our password. */
export class Stranger extends Error {
  constructor(cause: unknown) {
    super("the cluster does not take its password", { cause });
    this.name = "Stranger";
  }
}

const says = (error: unknown, pattern: RegExp): boolean =>
  error instanceof Ended ? error.lines.some((line) => pattern.test(line)) : error instanceof Error && pattern.test(error.message);

const isDiskFull = (error: unknown): boolean => says(error, /No space left on device|Check free disk space|ENOSPC|quota exceeded|EDQUOT/i);

const isAddressTaken = (error: unknown): boolean => says(error, /could not bind IPv4|could not create any TCP/);

/** Some file systems (shared folders of virtual machines) hold no sockets. */
export const isSocketRefused = (error: unknown): boolean => says(error, /Unix-domain socket|Unix socket|could not bind Unix/);

const isOldMemoryInUse = (error: unknown): boolean => says(error, /pre-existing shared memory block/);

/** A second server on the cluster: one that was still on its way when we looked. */
const isServedAlready = (error: unknown): boolean => says(error, /lock file "postmaster.pid" already exists/);

/** Another try may do better. */
export const isPassing = (error: unknown): boolean =>
  isAddressTaken(error) || isSocketRefused(error) || isOldMemoryInUse(error) || isServedAlready(error);

/** A new cluster would meet the same. */
export const isNotTheClusters = (error: unknown): boolean => isPassing(error) || isDiskFull(error);

/** What the operator reads when nothing helped. */
export const explained = (error: unknown, home: string): CannotStart => {
  if (error instanceof CannotStart) return error;
  if (isDiskFull(error))
    return new CannotStart(`no space left for the embedded PostgreSQL in ${home} (${freeMegabytes(home)} MB free): make room (it needs 100 MB), then start again`, { cause: error });
  const reason = error instanceof Error ? error.message : String(error);
  return new CannotStart(`the embedded PostgreSQL in ${home} does not start: ${reason}: mend that, ${databaseUrlHint}`, { cause: error });
};

const freeMegabytes = (folder: string): string => {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return ((bavail * bsize) / 1e6).toFixed(1);
  } catch {
    return "?";
  }
};
