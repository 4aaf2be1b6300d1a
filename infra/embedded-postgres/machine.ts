import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { findPackageJSON } from "node:module";
import process from "node:process";

/** Constant message, data in fields: the embedded server tells what it did for itself. */
export type Log = (line: string, fields: Record<string, unknown>) => void;

/** Who a server runs as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** What the launcher asks of the machine. Tests put a stranger machine in its place. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** null where the platform has no user ids. */
  readonly uid: number | null;
  /** Path of the installed package's package.json. */
  readonly findPackage: (name: string) => string | undefined;
  readonly exists: (path: string) => boolean;
  /** Root's place for a copy of the binaries that every user may read. */
  readonly sharedCache: string;
  /** Root's place for clusters whose data folder the server's user may not enter. */
  readonly sharedLibrary: string;
  readonly freePort: () => Promise<number>;
  /** Names a socket: a number that no earlier server of the same folder has, so that its end removes nothing of ours. */
  readonly socketPort: () => number;
}

export const thisMachine = (): Machine => ({
  platform: process.platform,
  arch: process.arch,
  uid: process.getuid?.() ?? null,
  findPackage,
  exists: existsSync,
  sharedCache: "/var/cache/waybill",
  sharedLibrary: "/var/lib/waybill",
  freePort,
  socketPort: () => randomInt(10_000, 60_000),
});

/** `nobody` on every Linux: root needs no new user to run a server without rights. */
export const nobody: Identity = { uid: 65_534, gid: 65_534 };

const findPackage = (name: string): string | undefined => {
  try {
    return findPackageJSON(name, import.meta.url);
  } catch {
    return undefined;
  }
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
