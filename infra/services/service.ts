import { mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { CannotStart } from "#infra/cannot-start.ts";
import { launch } from "./launch.ts";
import { isFree } from "./ports.ts";
import { type Born, gone, isAlive, isPaused, memoryOf, signal, signalAll } from "./processes.ts";
import { forgetIn, recordedIn, recordIn } from "./record.ts";
import type { Server } from "./server.ts";

/** A server that outlives the process that starts it. What it does to processes it does to the one that it started, or to none. */
export interface Service {
  /** `postgres`, `redis`, `kafka-1` … */
  readonly name: string;
  /** The same at every start. */
  readonly port: number;
  /** null while it is down. */
  readonly pid: number | null;
  readonly state: () => State;
  /** Starts it, or lets it go on where it is paused, and waits until it answers; false where it ran already. */
  readonly start: () => Promise<boolean>;
  /** Ends it in order, hard where that takes too long; false where it was down. */
  readonly stop: () => Promise<boolean>;
  /** Ends it with SIGKILL, its children too, and waits until they are gone. */
  readonly kill: () => Promise<void>;
  /** Stops its processes with SIGSTOP, and waits until they stand: they keep their connections and do not answer. */
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
}

export interface State {
  readonly state: "up" | "paused" | "down";
  readonly pid: number | null;
  readonly since: string | null;
  readonly megabytes: number | null;
}

export const service = (server: Server): Service => {
  const { name, port, folder } = server;
  mkdirSync(folder, { recursive: true });
  const running = () => recordedIn(folder);
  return {
    name,
    port,
    get pid() {
      return running()?.pid ?? null;
    },
    state: () => {
      const born = running();
      if (!born) return { state: "down", pid: null, since: null, megabytes: null };
      return { state: isPaused(born) ? "paused" : "up", pid: born.pid, since: born.since, megabytes: memoryOf(born) };
    },
    start: async () => {
      const born = running();
      return (born && (await goOn(server, born))) ?? start(server);
    },
    stop: () => stop(server, running()),
    kill: async () => {
      const born = running();
      if (!born) return;
      signalAll(born, "SIGKILL");
      if (!(await gone(born, 10_000))) throw new Error(`${name} (process ${born.pid}) does not end`);
    },
    pause: () => standing(running(), true),
    resume: () => standing(running(), false),
  };
};

const logOf = ({ folder }: Server) => join(folder, "log");

const standing = async (born: Born | null, stands: boolean): Promise<void> => {
  if (!born) return;
  signalAll(born, stands ? "SIGSTOP" : "SIGCONT");
  while (isAlive(born) && isPaused(born) !== stands) await setTimeout(5);
};

/** Whether it was paused; null where it has ended meanwhile. */
const goOn = async (server: Server, born: Born): Promise<boolean | null> => {
  const paused = isPaused(born);
  signalAll(born, "SIGCONT");
  try {
    await answering(server, born, 0);
    return paused;
  } catch (error) {
    if (isAlive(born)) throw error;
    return null;
  }
};

const start = async (server: Server): Promise<true> => {
  const { name, port, folder } = server;
  const command = await server.prepare();
  if (!(await isFree(port)))
    throw new CannotStart(`${name} cannot start: its port ${port} is taken by another program. Stop that one, or remove ${join(folder, "../choices.json")} while all services are down to have others`);
  const from = cutLog(logOf(server));
  const pid = await launch(command, logOf(server));
  const born = recorded(server, pid, from);
  await answering(server, born, from);
  return true;
};

const largestLog = 10_000_000;

/** Where the next words will begin. A long log is put aside, so that it does not grow for ever. */
const cutLog = (log: string): number => {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size < largestLog) return size;
  renameSync(log, `${log}.old`);
  return 0;
};

const recorded = (server: Server, pid: number, from: number): Born => {
  try {
    return recordIn(server.folder, pid);
  } catch (cause) {
    throw failed(server, "ended at once", from, cause);
  }
};

const answering = async (server: Server, born: Born, from: number): Promise<void> => {
  const deadline = performance.now() + server.patienceMs;
  for (;;)
    try {
      return await server.answer(saidSince(server, from));
    } catch (cause) {
      if (!isAlive(born)) throw failed(server, "has ended", from, cause);
      if (performance.now() > deadline) throw failed(server, `does not answer within ${server.patienceMs / 1000} s`, from, cause);
      await setTimeout(50);
    }
};

const saidSince = (server: Server, from: number): string => readFileSync(logOf(server)).subarray(from).toString();

const failed = (server: Server, what: string, from: number, cause: unknown): CannotStart => {
  const last = saidSince(server, from).trimEnd().split("\n").slice(-3).join("\n  ");
  return new CannotStart(`${server.name} ${what}; its log ${logOf(server)} ends with:\n  ${last}`, { cause });
};

const stop = async (server: Server, born: Born | null): Promise<boolean> => {
  if (!born) return false;
  signalAll(born, "SIGCONT");
  for (const [name, patienceMs] of server.ending) {
    signal(born, name);
    if (!(await gone(born, patienceMs))) continue;
    server.ended?.();
    forgetIn(server.folder);
    return true;
  }
  signalAll(born, "SIGKILL");
  if (!(await gone(born, 10_000))) throw new Error(`${server.name} (process ${born.pid}) does not end`);
  forgetIn(server.folder);
  return true;
};
