import { realpathSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Binaries } from "./binaries.ts";
import { clusterOf, passwordOf } from "./cluster.ts";
import type { Log } from "./machine.ts";
import type { Place } from "./place.ts";
import { commandOf, exists, processesIn, runsItsFile, workingFolderOf } from "./processes.ts";
import { type PostmasterFile, readPostmasterFile, standInFor } from "./postmaster-file.ts";
import { type Access, accessTo, knock, ready } from "./server.ts";
import { serverArguments } from "./settings.ts";
import { type Endable, shutdown } from "./shutdown.ts";

/** A server that a killed process left behind. */
export interface Orphan extends Endable {
  readonly pid: number;
  readonly access: Access;
}

/**
 * Looks for a server that still runs on the cluster: answers with it where it is just the one that we would start, ends
 * it otherwise. Afterwards either an orphan is adopted or nothing runs on the cluster.
 */
export const adoptOrEnd = async (place: Place, binaries: Binaries, log: Log): Promise<Orphan | null> => {
  const file = readPostmasterFile(clusterOf(place));
  if (!file) return null;
  if (!isServerOf(file.pid, clusterOf(place))) {
    await forget(file.pid, clusterOf(place), log);
    return null;
  }
  const server = endable(file.pid, () => isServerOf(file.pid, clusterOf(place)));
  const access = await accessIfSame(file, place, binaries, server);
  if (access) return { pid: file.pid, access, ...server };
  log("ending a PostgreSQL that an earlier run left", { pid: file.pid });
  await shutdown(server);
  await forget(file.pid, clusterOf(place), log);
  return null;
};

/** Process ids are used again: only a postgres that works in this very folder is ours to trust or to end. */
const isServerOf = (pid: number, cluster: string): boolean => {
  const command = Number.isSafeInteger(pid) && pid > 1 ? commandOf(pid) : null;
  if (!command || !/^\S.*\/postgres -D /.test(command)) return false;
  const folder = workingFolderOf(pid);
  return folder === null ? command.includes(` -D ${cluster} `) : folder === realpathSync(cluster);
};

/** null unless the orphan runs our program with our settings on our cluster, and takes our password. */
const accessIfSame = async ({ pid, address }: PostmasterFile, place: Place, { native }: Binaries, { alive }: Endable): Promise<Access | null> => {
  const password = passwordOf(place);
  const ours = [join(native, "bin/postgres"), ...serverArguments(clusterOf(place), address)].join(" ");
  if (!password || commandOf(pid) !== ours || !runsItsFile(pid)) return null;
  const access = accessTo(address, password);
  return ready(clusterOf(place), { pid, alive }, adoptionPatience)
    .then(() => knock(access))
    .then(
      () => access,
      () => null,
    );
};

const adoptionPatience = 5_000;

/** The server is dead. Its children end by themselves within moments, but must not meet a new server on the same files. */
const forget = async (pid: number, cluster: string, log: Log): Promise<void> => {
  const folder = realpathSync(cluster);
  const left = processesIn(folder);
  if (left.length > 0) log("ending what a dead PostgreSQL left", { pids: left });
  await Promise.all(left.map((child) => shutdown(endable(child, () => workingFolderOf(child) === folder), "SIGQUIT")));
  if (exists(pid)) standInFor(cluster);
};

const endable = (pid: number, alive: () => boolean): Endable => ({
  alive,
  signal: (signal) => {
    if (alive()) process.kill(pid, signal);
  },
});
