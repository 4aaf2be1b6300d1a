import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

export type Role = "api" | "projector" | "worker" | "deliverer" | "writer" | "reader";

/** How a process of a part is started. */
export interface Launch {
  /** A program of Node, with its arguments. */
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** One process that is there again when it ends, until it is told to end. */
export interface Part {
  readonly name: string;
  readonly role: Role;
  pid(): number;
  /** Ends that nobody asked for. */
  readonly unexpected: readonly string[];
  start(): void;
  /** kill -9; stays down until it is started. */
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  tell(message: object): void;
  /** Resolves when it has ended by itself; it is not started again. */
  ended(): Promise<void>;
  /** Ends it; kill -9 after a while. */
  stop(): Promise<void>;
}

export interface Making {
  readonly name: string;
  readonly role: Role;
  /** Where its words go. */
  readonly output: string;
  /** For each start. */
  readonly launch: (start: number) => Launch;
}

const againMs = 500;

/** Nothing outlives the process that has started it. */
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export const part = ({ name, role, output, launch }: Making): Part => {
  const unexpected: string[] = [];
  let child: ChildProcess | undefined;
  let starts = 0;
  /** `leaving`: an end is no surprise, and it is not started again. */
  let state: "up" | "down" | "leaving" = "down";

  const run = () => {
    const { options, environment } = launch(starts++);
    const words = openSync(output, "a");
    const begun = spawn(process.execPath, [...options], { env: { ...process.env, ...environment }, stdio: ["ignore", words, words, "ipc"] });
    child = begun;
    running.add(begun);
    // A message to one that has just ended.
    begun.on("error", () => undefined);
    begun.once("exit", (code, signal) => {
      running.delete(begun);
      void again(begun, `${name} ended with ${signal ?? code}`);
    });
  };
  const again = async (ended: ChildProcess, how: string) => {
    if (state !== "up" || child !== ended) return;
    unexpected.push(how);
    await sleep(againMs);
    if (state === "up" && child === ended) run();
  };
  const gone = async (): Promise<void> => {
    const last = child;
    if (last && last.exitCode === null && last.signalCode === null) await new Promise((resolve) => last.once("exit", resolve));
  };
  return {
    name,
    role,
    unexpected,
    pid: () => child?.pid ?? 0,
    start: () => {
      if (state === "up") return;
      state = "up";
      run();
    },
    kill: async () => {
      state = "down";
      child?.kill("SIGKILL");
      await gone();
    },
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    tell: (message) => {
      if (child?.connected) child.send(message);
    },
    ended: async () => {
      state = "leaving";
      await gone();
    },
    stop: async () => {
      state = "leaving";
      child?.kill("SIGCONT");
      child?.kill("SIGTERM");
      const late = setTimeout(() => child?.kill("SIGKILL"), 10_000);
      await gone();
      clearTimeout(late);
    },
  };
};
