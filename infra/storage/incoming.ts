import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isMissing } from "./disk.ts";

/** Far longer than any upload rests between two of its bytes (infra/http.ts), also by another machine's clock. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** Tells this process from an earlier one that had its pid, as the first process of a container always has. */
const run = randomUUID();
const host = encodeURIComponent(hostname());

/** Where files grow until they are whole: in the blobs' own file system, so that a rename finishes them. */
export const incomingFolder = (folder: string): string => join(folder, "incoming");

/** A name nobody else uses, which says whose file it is. */
export const incomingPath = (folder: string): string => join(incomingFolder(folder), [host, process.pid, run, randomUUID()].join("@"));

/**
 * Deletes what killed processes left; files that another living process may still be writing stay. In a shared folder a process may
 * live where its pid is not seen from here (another container of the same host name), so that only their age tells.
 */
export const sweepIncoming = async (folder: string, shared: boolean): Promise<void> => {
  for (const name of await readdir(incomingFolder(folder))) {
    const path = join(incomingFolder(folder), name);
    if ((!shared && isOrphan(name)) || (await isAbandoned(path))) await rm(path, { force: true });
  }
};

const isOrphan = (name: string): boolean => {
  const [itsHost, pid, itsRun] = name.split("@");
  if (itsHost !== host) return false;
  return Number(pid) === process.pid ? itsRun !== run : !isAlive(Number(pid));
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};

const isAbandoned = async (path: string): Promise<boolean> => {
  try {
    return Date.now() - (await stat(path)).mtimeMs > abandonedAfterMs;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};
