import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { CannotStart } from "#infra/cannot-start.ts";

/** Everything that this Waybill keeps, in the hands of one process. */
export interface DataFolder extends AsyncDisposable {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** Path of something in it. */
  readonly at: (...names: string[]) => string;
  /** Lets the next process in; again does nothing. */
  close(): Promise<void>;
}

/** Makes the folder where it is missing and locks it; `CannotStart` where it cannot be used or another process holds it. */
export const openDataFolder = async (path: string): Promise<DataFolder> => {
  const folder = make(resolve(path));
  const lock = await take(folder);
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    rmSync(join(folder, holderFile), { force: true });
    lock.close();
  };
  return { path: folder, at: (...names) => join(folder, ...names), close, [Symbol.asyncDispose]: close };
};

/** `nobody`'s group, in which the embedded PostgreSQL runs when root starts it. */
const nogroup = 65_534;

const make = (path: string): string => {
  try {
    if (existsSync(path)) return existing(path);
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(path, { mode: 0o700 });
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

const existing = (path: string): string => {
  if (!statSync(path).isDirectory()) throw new Error(isFile);
  return realpathSync(path);
};

const isFile = "it, or a folder above it, is a file";

const holderFile = "waybill.pid";

/**
 * The lock is a lock of the operating system on an SQLite file: it ends with its process, however that ends, and two
 * starters cannot both have it. The pid beside it is only for the message.
 */
const take = async (folder: string): Promise<DatabaseSync> => {
  let lock: DatabaseSync | undefined;
  try {
    createPrivately(join(folder, "lock"));
    lock = new DatabaseSync(join(folder, "lock"));
    lock.exec("pragma locking_mode = exclusive; begin exclusive");
    writeFileSync(join(folder, holderFile), `${process.pid}\n`, { mode: 0o644 });
    return lock;
  } catch (error) {
    lock?.close();
    if (!isBusy(error)) throw explained(folder, error);
    const holder = await holderOf(folder);
    throw new CannotStart(`${folder} is in use by another Waybill${holder}: stop that one, or set WAYBILL_DATA to another folder`, { cause: error });
  }
};

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

const isBusy = (error: unknown): boolean => error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;

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
