import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Identity } from "./machine.ts";

export interface Running {
  readonly pid: number;
  /** The last things it said, at most fifty lines. */
  readonly lines: readonly string[];
  readonly alive: () => boolean;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Resolves with the exit code when it ended and said everything; null after a signal. */
  readonly ended: Promise<number | null>;
}

const kept = 50;

/**
 * Starts one of PostgreSQL's programs. In a session of its own: Ctrl-C in a terminal goes to all of a process group, and we
 * order the shutdown ourselves. In `/`, because its user may not enter our folder, and with nothing of our environment. An
 * unread pipe would block the server in the end, so all that it says is read, and the last lines are kept.
 */
export const run = (program: string, args: readonly string[], who: Identity | null, hear: (line: string) => void = () => undefined): Running => {
  const child = spawn(program, args, { ...who, cwd: "/", detached: true, stdio: ["ignore", "ignore", "pipe"], env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" } });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    if (lines.length > kept) lines.shift();
    hear(line);
  });
  return {
    pid: child.pid ?? -1,
    lines,
    alive: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child.kill(signal),
    ended: ending(child, lines),
  };
};

const ending = (child: ChildProcess, lines: string[]) =>
  new Promise<number | null>((resolve) => {
    child.once("close", resolve);
    child.once("error", (error) => {
      lines.push(error.message);
      resolve(null);
    });
  });
