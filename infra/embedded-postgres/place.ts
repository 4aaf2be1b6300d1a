import { createHash } from "node:crypto";
import { chownSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CannotStart } from "#infra/cannot-start.ts";
import { databaseUrlHint } from "./binaries.ts";
import { type Identity, type Log, type Machine, nobody } from "./machine.ts";
import { barrier } from "./reach.ts";

/** Where a cluster lives, and who owns it. */
export interface Place {
  /** Holds `cluster` and `socket`. */
  readonly home: string;
  /** What the operator knows: the password stays here, and deleting it starts anew. */
  readonly folder: string;
  /** null: as the user of this process. */
  readonly who: Identity | null;
}

/**
 * Root does not run PostgreSQL (it refuses), `nobody` does. A data folder that `nobody` may not enter keeps its cluster in
 * `sharedLibrary`, and remembers that in a file, so that it stays there when the folder's mode changes.
 */
export const findPlace = (folder: string, machine: Machine, log: Log): Place => {
  if (machine.uid !== 0) return { home: folder, folder, who: null };
  const who = ownerOf(join(folder, "cluster")) ?? nobody;
  const remembered = readIfThere(join(folder, elsewhere));
  const closed = barrier(folder, who);
  if (!remembered && !closed) return { home: folder, folder, who };
  const home = join(machine.sharedLibrary, createHash("sha256").update(folder).digest("hex").slice(0, 16));
  if (remembered && remembered !== home) follow(remembered, home);
  settle(home, folder, who);
  sweep(machine.sharedLibrary);
  if (!remembered) log("read models are kept elsewhere", { folder: home, because: `user ${who.uid} may not enter ${closed}` });
  return { home, folder, who };
};

const elsewhere = "kept-elsewhere";
const owner = "kept-for";

/** Run by root on what a plain user began: go on as that user, who can then go on too. */
const ownerOf = (cluster: string): Identity | null => {
  const stats = statSync(cluster, { throwIfNoEntry: false });
  return stats && stats.uid !== 0 ? { uid: stats.uid, gid: stats.gid } : null;
};

/** The data folder was moved: its cluster follows. Was it copied, the original keeps it. */
const follow = (from: string, to: string) => {
  const original = readIfThere(join(from, owner));
  if (original && !existsSync(original) && !existsSync(to)) renameSync(from, to);
};

const settle = (home: string, folder: string, who: Identity) => {
  // Whoever deletes the read models' folder means the cluster too.
  if (!existsSync(join(folder, elsewhere))) rmSync(home, { recursive: true, force: true });
  if (!existsSync(dirname(home))) {
    mkdirSync(dirname(home), { recursive: true });
    chmodSync(dirname(home), 0o711);
  }
  const closed = barrier(dirname(home), who);
  if (closed) throw new CannotStart(`user ${who.uid}, who runs the embedded PostgreSQL, may enter neither ${folder} nor ${closed}: chmod a+x one of them, ${databaseUrlHint}`);
  makeHome(home, who);
  writeFileSync(join(home, owner), folder, { mode: 0o600 });
  writeFileSync(join(folder, elsewhere), home, { mode: 0o600 });
};

/** Clusters of data folders that are gone: nobody would ever find them here. */
const sweep = (library: string) => {
  for (const home of readdirSync(library).map((name) => join(library, name))) {
    const folder = readIfThere(join(home, owner));
    if (folder && !existsSync(folder)) rmSync(home, { recursive: true, force: true });
  }
};

/** Only root and the server's group may pass, only root may list. */
export const makeHome = (home: string, who: Identity | null): void => {
  if (existsSync(home)) return;
  mkdirSync(home, { recursive: true });
  chmodSync(home, who ? 0o710 : 0o700);
  if (who) chownSync(home, 0, who.gid);
};

const readIfThere = (path: string): string | null => (existsSync(path) ? readFileSync(path, "utf8").trim() : null);
