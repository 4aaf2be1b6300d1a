import { existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { usableBinaries, type Binaries } from "./binaries.ts";
import { bringBack, clusterOf, give, passwordOf, prepareCluster, setAside } from "./cluster.ts";
import { explained, isNotTheClusters, isPassing, isSocketRefused } from "./failure.ts";
import { type Log, type Machine, nobody, thisMachine } from "./machine.ts";
import { adoptOrEnd } from "./orphan.ts";
import { findPlace, makeHome, type Place } from "./place.ts";
import { type Access, accessTo, launch } from "./server.ts";
import { type Address, fitsSocket } from "./settings.ts";
import { type Endable, shutdown } from "./shutdown.ts";

/** A PostgreSQL of our own, for read models: no other machine and no other user reaches it. */
export interface EmbeddedPostgres extends Access, AsyncDisposable {
  /** All of the above in one string that `pg` takes as `connectionString`. */
  readonly url: string;
  readonly pid: number;
  /** It is one that a killed process had left behind. */
  readonly adopted: boolean;
  /** Resolves when it has ended without having been stopped. */
  readonly lost: Promise<Error>;
  /** Disconnects its clients, ends it and waits for its end; again does nothing. */
  stop(): Promise<void>;
}

export interface Options {
  /** `<data>/postgres`; made where it is missing. Only one process at a time may use it (infra/data-folder.ts sees to that). */
  readonly folder: string;
  readonly log: Log;
  readonly machine?: Partial<Machine>;
}

/** Starts it, or adopts the one that runs already; whatever stands in the way is mended or explained by `CannotStart`. */
export const startEmbeddedPostgres = async ({ folder, log, machine: differences }: Options): Promise<EmbeddedPostgres> => {
  const machine: Machine = { ...thisMachine(), ...differences };
  let home = folder;
  try {
    makeHome(folder, machine.uid === 0 ? nobody : null);
    const place = findPlace(realpathSync(folder), machine, log);
    home = place.home;
    const binaries = await usableBinaries(machine, place.who, home, log);
    return await startOrRebuild({ place, binaries, machine, log });
  } catch (error) {
    throw explained(error, home);
  }
};

interface Setting {
  readonly place: Place;
  readonly binaries: Binaries;
  readonly machine: Machine;
  readonly log: Log;
}

/** A cluster that does not start is set aside for a new one; where that does not start either, the first error counts. */
const startOrRebuild = async (setting: Setting): Promise<EmbeddedPostgres> => {
  const { place, log } = setting;
  try {
    return await adoptOrStart(setting);
  } catch (error) {
    if (isNotTheClusters(error) || !existsSync(clusterOf(place))) throw error;
    setAside(place, error instanceof Error ? error.message : String(error), log);
    try {
      return await adoptOrStart(setting);
    } catch {
      bringBack(place);
      throw error;
    }
  }
};

const attempts = 5;

const adoptOrStart = async (setting: Setting): Promise<EmbeddedPostgres> => {
  const { place, binaries, log } = setting;
  let sockets = true;
  for (let attempt = 1; ; attempt++)
    try {
      const orphan = await adoptOrEnd(place, binaries, log);
      if (orphan) return embedded(orphan, orphan.pid, orphan.access, true);
      await prepareCluster(place, binaries, log);
      return await start(setting, sockets);
    } catch (error) {
      if (!isPassing(error) || attempt >= attempts) throw error;
      sockets &&= !isSocketRefused(error);
    }
};

const start = async (setting: Setting, sockets: boolean): Promise<EmbeddedPostgres> => {
  const { place, binaries, log } = setting;
  const address = await chooseAddress(setting, sockets);
  const password = passwordOf(place) ?? "";
  const server = await launch(place, binaries, address, password, log);
  return embedded(server, server.pid, accessTo(address, password), false);
};

/** A socket is faster and out of other users' reach; where its name is too long for one, a port of the loopback address. */
const chooseAddress = async ({ place, machine }: Setting, sockets: boolean): Promise<Address> => {
  const folder = join(place.home, "socket");
  if (!sockets || !fitsSocket(folder)) return { kind: "loopback", port: await machine.freePort() };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  give(folder, place.who);
  return { kind: "socket", folder, port: machine.socketPort() };
};

const embedded = (server: Endable, pid: number, access: Access, adopted: boolean): EmbeddedPostgres => {
  let stopping: Promise<void> | undefined;
  const { promise: lost, resolve } = Promise.withResolvers<Error>();
  // An adopted one is nobody's child any more, so that the end of none is waited for but looked for.
  const watch = setInterval(() => {
    if (server.alive()) return;
    clearInterval(watch);
    resolve(new Error(`the embedded PostgreSQL (process ${pid}) has ended by itself`));
  }, lookMs).unref();
  const stop = () => {
    clearInterval(watch);
    return (stopping ??= shutdown(server));
  };
  return { ...access, url: urlOf(access), pid, adopted, lost, stop, [Symbol.asyncDispose]: stop };
};

const lookMs = 500;

const urlOf = ({ host, port, user, password, database }: Access): string =>
  `postgresql://${user}:${password}@${encodeURIComponent(host)}:${port}/${database}`;
