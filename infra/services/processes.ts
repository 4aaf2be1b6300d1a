import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import process from "node:process";

/** A process, named so that a later one with the same id is never taken for it. */
export interface Born {
  readonly pid: number;
  /** When it began, as the system says it: to 10 ms, and which boot of the machine. */
  readonly birth: string;
}

const hasProc = existsSync("/proc/self/stat");

/** null where no such process runs; one that is dead and whose parent has not asked (a zombie) does not run. */
export const birthOf = (pid: number): string | null => {
  if (!hasProc) return ps(pid, "lstart=");
  const stat = statOf(pid);
  return stat && !isOver(stat) ? `${bootId()} ${stat.started}` : null;
};

// The first thread of a program like Java is a zombie while the others still hold its port.
const isOver = ({ state, threads }: Stat) => state === "X" || (state === "Z" && threads < 2);

export const isAlive = ({ pid, birth }: Born): boolean => birthOf(pid) === birth;

export const isPaused = ({ pid }: Born): boolean => (hasProc ? statOf(pid)?.state : ps(pid, "state=")?.[0]) === "T";

/** Sends it to the process where it is still the same one. */
export const signal = (born: Born, name: NodeJS.Signals): void => {
  if (isAlive(born)) send(born.pid, name);
};

/** To the process and all that it has started: PostgreSQL works in children, each in a session of its own. */
export const signalAll = (born: Born, name: NodeJS.Signals): void => {
  if (!isAlive(born)) return;
  // The parent first: it must neither see its children end nor start others in their place.
  send(born.pid, name);
  for (const child of descendants(born.pid)) send(child, name);
};

/** Resolves with whether it was gone in time. */
export const gone = async (born: Born, patienceMs: number): Promise<boolean> => {
  const deadline = performance.now() + patienceMs;
  while (isAlive(born) && performance.now() < deadline) await setTimeout(10);
  return !isAlive(born);
};

/** Memory that it and its children hold, in MB, shared pages once; null where the system does not say. */
export const memoryOf = ({ pid }: Born): number | null => {
  if (!hasProc) return null;
  const bytes = [pid, ...descendants(pid)].map((each) => Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${each}/smaps_rollup`) ?? "")?.[1] ?? 0) * 1024);
  return Math.round(bytes.reduce((sum, each) => sum + each, 0) / 1e6);
};

const send = (pid: number, name: NodeJS.Signals) => {
  // kill(2): 0 and less mean a group, or every process of the machine.
  if (!Number.isSafeInteger(pid) || pid < 2) throw new RangeError(`${pid} is no process of ours`);
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
};

const descendants = (pid: number): readonly number[] => {
  const children = parents().flatMap(([child, parent]) => (parent === pid ? [child] : []));
  return [...children, ...children.flatMap(descendants)];
};

const parents = (): readonly (readonly [child: number, parent: number])[] => {
  if (!hasProc) {
    const table = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).stdout;
    return table.split("\n").map((line) => line.trim().split(/\s+/).map(Number)).map(([child = 0, parent = 0]) => [child, parent]);
  }
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.map((pid) => [pid, statOf(pid)?.parent ?? 0]);
};

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly threads: number;
  /** In ticks since the machine's start. */
  readonly started: string;
}

/** proc(5): the fields behind the program's name, which may hold anything. */
const statOf = (pid: number): Stat | null => {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", parent: Number(fields[1]), threads: Number(fields[17]), started: fields[19] ?? "" };
};

const bootId = () => read("/proc/sys/kernel/random/boot_id")?.trim() ?? "";

const ps = (pid: number, column: string): string | null => spawnSync("ps", ["-p", String(pid), "-o", column], { encoding: "utf8" }).stdout.trim() || null;

const read = (path: string): string | null => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
};
