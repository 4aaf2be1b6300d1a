import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { CannotStart } from "#infra/cannot-start.ts";

/** Where something is kept. */
export interface Place {
  /** Path of something in it. */
  readonly at: (...names: string[]) => string;
}

/** Everything that this Waybill keeps, in the hands of one process, or of several that share it. */
export interface DataFolder extends Place, AsyncDisposable {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** Lets the next process in; again does nothing. */
  close(): Promise<void>;
}

/**
 * `exclusive`: the log or the read models' server is in it, which belong to one process. `shared`: both are elsewhere, so that any
 * number of processes may have the keys, the blobs and the administrator's token in common.
 */
export type Use = "exclusive" | "shared";

/** Makes the folder where it is missing and locks it; `CannotStart` where it cannot be used, or is in use in a way that does not go with this one. */
export const openDataFolder = async (path: string, use: Use = "exclusive"): Promise<DataFolder> => {
  const folder = make(resolve(path));
  const lock = await take(folder, use);
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    if (use === "exclusive") rmSync(join(folder, holderFile), { force: true });
    lock.close();
  };
  return { ...placeOf(folder), path: folder, close, [Symbol.asyncDispose]: close };
};

/** A folder that is neither made nor locked. */
export const placeOf = (folder: string): Place => ({ at: (...names) => join(folder, ...names) });

/** `nobody`'s group, in which the embedded PostgreSQL runs when root starts it. */
const nogroup = 65_534;

const make = (path: string): string => {
  try {
    if (existsSync(path)) return existing(path);
    mkdirSync(dirname(path), { recursive: true });
    if (!made(path)) return existing(path);
    // Ours alone, but for the one who must pass through to its read models: it may enter and not list.
    if (process.getuid?.() === 0) {
      chownSync(path, 0, nogroup);
      chmodSync(path, 0o710);
    }
    return realpathSync(path);
  } catch (error) {
    throw explained(path, error);
  }
};

/** False where another process was faster. */
const made = (path: string): boolean => {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return false;
  }
};

const existing = (path: string): string => {
  if (!statSync(path).isDirectory()) throw new Error(isFile);
  return realpathSync(path);
};

const isFile = "it, or a folder above it, is a file";

const holderFile = "waybill.pid";

/**
 * The lock is a lock of the operating system on an SQLite file: it ends with its process, however that ends, and two
 * starters cannot both have it. Those who share the folder are its readers: they go together, and never with one who has it
 * alone. The pid beside it is only for the message.
 */
const take = async (folder: string, use: Use): Promise<DatabaseSync> => {
  let lock: DatabaseSync | undefined;
  try {
    createPrivately(join(folder, "lock"));
    // A starter that wants it alone, and will not get it, is in the way of readers for a moment.
    lock = new DatabaseSync(join(folder, "lock"), { timeout: use === "shared" ? 1000 : 0 });
    lock.exec(locking[use]);
    if (use === "exclusive") writeFileSync(join(folder, holderFile), `${process.pid}\n`, { mode: 0o644 });
    return lock;
  } catch (error) {
    // Some shared volumes know no locks; those who share need none against each other.
    if (lock && use === "shared" && primaryCode(error) === SQLITE_IOERR) return lock;
    lock?.close();
    if (primaryCode(error) !== SQLITE_BUSY) throw explained(folder, error);
    const holder = await holderOf(folder);
    throw new CannotStart(`${folder} is in use by another Waybill${holder}: stop that one, or set WAYBILL_DATA to another folder`, { cause: error });
  }
};

const locking = {
  exclusive: "pragma locking_mode = exclusive; begin exclusive",
  shared: "begin; select count(*) from sqlite_master",
} as const;

/**
 * Whoever can read the file can lock it. `wx` never opens a file that is there: closing it again would drop the lock that
 * this process may already hold (fcntl(2), record locks).
 */
const createPrivately = (file: string) => {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
};

/** The holder writes its pid just after it took the lock. */
const holderOf = async (folder: string): Promise<string> => {
  for (let attempt = 0; attempt < 20; attempt++) {
    const pid = Number(existsSync(join(folder, holderFile)) ? readFileSync(join(folder, holderFile), "utf8") : Number.NaN);
    if (pid > 0 && isAlive(pid)) return ` (process ${pid})`;
    await setTimeout(25);
  }
  return "";
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
};

const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;

const primaryCode = (error: unknown): number | null =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : null;

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

const explained = (path: string, error: unknown): CannotStart => new CannotStart(`cannot use ${path} as the data folder: ${reason(path, error)}`, { cause: error });

const reason = (path: string, error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  if (/EEXIST|ENOTDIR/.test(message)) return isFile;
  if (/EROFS/.test(message)) return "its file system is read-only";
  if (/ENOSPC|disk is full/.test(message)) return `no space is left (${free(path)} MB free)`;
  if (/EACCES|EPERM|unable to open|readonly/.test(message)) return `this user (${process.getuid?.() ?? "?"}) may not write there`;
  return message;
};

const free = (path: string): string => {
  try {
    const { bavail, bsize } = statfsSync(existsSync(path) ? path : dirname(path));
    return ((bavail * bsize) / 1e6).toFixed(1);
  } catch {
    return "0";
  }
};
