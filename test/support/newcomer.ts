import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, cpSync, mkdirSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Identity } from "#infra/embedded-postgres/machine.ts";
import { temporary, twinFolder } from "./embedded-postgres/folders.ts";
import { thisProject } from "./embedded-postgres/project.ts";

export interface Shown {
  readonly code: number | null;
  /** Both streams, as on a terminal. */
  readonly text: string;
}

/** Somebody with a fresh copy of the project, a home of their own and nothing of this process's environment. */
export interface Newcomer {
  readonly folder: string;
  /** Gets the copy; before everything else. */
  readonly arrives: () => Promise<void>;
  /** Types a line into a shell in the project's folder. */
  readonly types: (line: string) => Promise<Shown>;
  /** Types a line that stays; resolves when it has printed what matches. */
  readonly leavesRunning: (line: string, until: RegExp) => Promise<RegExpExecArray>;
  /** Ctrl-C, in the terminal of what was left running. */
  readonly interrupts: () => Promise<Shown>;
  /** From now on. */
  readonly sets: (variables: Readonly<Record<string, string>>) => void;
}

/** `folder` must not exist yet; without a user it is the present one. */
export const newcomer = (folder: string, user?: Identity): Newcomer => {
  const home = temporary("home-");
  let environment: Record<string, string> = { PATH: ownPath(), HOME: home, NO_UPDATE_NOTIFIER: "1" };
  let running: Running | undefined;
  const type = (line: string) => start(line, { cwd: folder, env: environment, detached: true, ...user });
  return {
    folder,
    arrives: async () => {
      copyProject(folder, user);
      if (user) chownSync(home, user.uid, user.gid);
    },
    types: (line) => type(line).ended,
    leavesRunning: async (line, until) => {
      running = type(line);
      return printed(running, until);
    },
    interrupts: () => {
      // A terminal's Ctrl-C reaches every process in front.
      if (running?.child.pid && running.child.exitCode === null && running.child.signalCode === null) process.kill(-running.child.pid, "SIGINT");
      return running?.ended ?? Promise.resolve({ code: null, text: "" });
    },
    sets: (variables) => {
      environment = { ...environment, ...variables };
    },
  };
};

const left: ReadonlySet<string> = new Set(["node_modules", ".git", "data", "out"]);

/** As `git clone` and `npm ci` of that user would make it. The packages' files are the same ones, which only their owner may change. */
const copyProject = (folder: string, user: Identity | undefined): void => {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(thisProject.root).filter((name) => !left.has(name)))
    cpSync(join(thisProject.root, name), join(folder, name), { recursive: true });
  if (user) spawnSync("chown", ["-R", `${user.uid}:${user.gid}`, folder]);
  const packages = join(folder, "node_modules");
  twinFolder(join(thisProject.root, "node_modules"), packages);
  if (user) spawnSync("find", [packages, "!", "-type", "f", "-exec", "chown", "-h", `${user.uid}:${user.gid}`, "{}", "+"]);
};

/** Without what npm puts in front of it for the test run: a newcomer has the machine's own Node. */
const ownPath = (): string => (process.env["PATH"] ?? "").split(delimiter).filter((path) => !/node_modules|node-gyp-bin/.test(path)).join(delimiter);

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Shown>;
  readonly text: () => string;
}

const start = (line: string, options: object): Running => {
  const child = spawn("sh", ["-c", line], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<Shown>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, text }));
  });
  return { child, ended, text: () => text };
};

const printed = async ({ child, text }: Running, until: RegExp): Promise<RegExpExecArray> => {
  for (;;) {
    const found = until.exec(text());
    if (found) return found;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended before it printed ${until}:\n${text()}`);
    await sleep(20);
  }
};
