import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Born, birthOf, isAlive } from "./processes.ts";

const Recorded = z.object({ pid: z.int().min(2), birth: z.string().min(1), since: z.iso.datetime() });

export type Recorded = z.infer<typeof Recorded>;

const fileIn = (folder: string) => join(folder, "process.json");

/** The process that was recorded, where it is that process that still runs: whatever else has its id now is not ours. */
export const recordedIn = (folder: string): Recorded | null => {
  const recorded = readIn(folder);
  return recorded && isAlive(recorded) ? recorded : null;
};

/** Throws where the process has ended already. */
export const recordIn = (folder: string, pid: number): Born => {
  const birth = birthOf(pid);
  if (birth === null) throw new Error(`process ${pid} has ended`);
  const recorded: Recorded = { pid, birth, since: new Date().toISOString() };
  writeFileSync(`${fileIn(folder)}.new`, JSON.stringify(recorded));
  renameSync(`${fileIn(folder)}.new`, fileIn(folder));
  return recorded;
};

export const forgetIn = (folder: string): void => rmSync(fileIn(folder), { force: true });

/** A half-written or strange file names no process of ours. */
const readIn = (folder: string): Recorded | null => {
  try {
    return Recorded.parse(JSON.parse(readFileSync(fileIn(folder), "utf8")));
  } catch {
    return null;
  }
};
