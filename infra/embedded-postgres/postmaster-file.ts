import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Address } from "./settings.ts";

/** What a server writes about itself into its cluster: `postmaster.pid` (PostgreSQL's pidfile.h). */
export interface PostmasterFile {
  readonly pid: number;
  readonly address: Address;
  /** It takes clients. */
  readonly ready: boolean;
}

const fileOf = (cluster: string) => join(cluster, "postmaster.pid");

/** null where no server runs, or one has ended properly. Its lines: pid, folder, start, port, socket, host, memory, status. */
export const readPostmasterFile = (cluster: string): PostmasterFile | null => {
  const lines = read(fileOf(cluster))?.split("\n");
  if (!lines) return null;
  const [pid, , , port, folder, , , status = ""] = lines;
  const address: Address = folder ? { kind: "socket", folder, port: Number(port) } : { kind: "loopback", port: Number(port) };
  return { pid: Number(pid), address, ready: status.trim() === "ready" };
};

const read = (path: string): string | null => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
};

/**
 * The pid of a dead server belongs to a stranger now, and PostgreSQL would not start beside it. It does where the file names
 * its parent, which is us; removing the file would also remove PostgreSQL's guard over shared memory still in use.
 */
export const standInFor = (cluster: string): void => {
  const text = read(fileOf(cluster));
  if (text !== null) writeFileSync(fileOf(cluster), text.replace(/^.*/, String(process.pid)));
};
