import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { commandOf } from "#infra/embedded-postgres/processes.ts";

const made: string[] = [];
const pids = new Set<number>();

/** A process that must not outlive its test, however that goes. */
export const endWithUs = (pid: number | undefined): void => void (pid && pids.add(pid));

/** A new folder that everybody may enter; it goes with the run. */
export const temporary = (name = "waybill "): string => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), name));
  chmodSync(folder, 0o755);
  made.push(folder);
  return folder;
};

/** A new folder inside one that only its owner may enter. */
export const temporaryBelowClosed = (): string => {
  const closed = temporary();
  chmodSync(closed, 0o700);
  const folder = join(closed, "data");
  mkdirSync(folder, { mode: 0o755 });
  return folder;
};

/** The same files in folders of their own, where the file system and the owner allow it: nobody may write into them. */
export const twinFolder = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true });
  if (spawnSync("cp", ["-al", from, to]).status === 0) return;
  rmSync(to, { recursive: true, force: true });
  copyFolder(from, to);
};

/** With owners and modes. */
export const copyFolder = (from: string, to: string): void => {
  const { status, stderr } = spawnSync("cp", ["-a", from, to], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
};

const endAll = () => {
  for (const pid of pids) if (made.some((folder) => commandOf(pid)?.includes(folder))) process.kill(pid, "SIGQUIT");
  pids.clear();
};

afterEach(endAll);

process.once("exit", endAll);
