import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import process from "node:process";

/** What the system knows about other processes: from /proc where there is one, from `ps` otherwise. */

const proc = "/proc/self/cmdline";

/** The arguments joined by spaces; null where no such process runs. */
export const commandOf = (pid: number): string | null => {
  if (!existsSync(proc)) return spawnSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" }).stdout.trim() || null;
  const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  return command?.replaceAll("\0", " ").trim() || null;
};

/** null where it cannot be known. */
export const workingFolderOf = (pid: number): string | null => attempt(() => readlinkSync(`/proc/${pid}/cwd`));

/** Whether the program's file is still the one that was started; an update replaces it. */
export const runsItsFile = (pid: number): boolean => !attempt(() => readlinkSync(`/proc/${pid}/exe`))?.endsWith(" (deleted)");

/** Every process that works in the folder, as far as this user can see. */
export const processesIn = (folder: string): readonly number[] =>
  existsSync(proc)
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => workingFolderOf(pid) === folder)
    : [];

/** Also true for one that is dead and whose parent has not asked (a zombie): PostgreSQL takes it for alive too. */
export const exists = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};

const attempt = (read: () => string): string | null => {
  try {
    return read();
  } catch {
    return null;
  }
};
