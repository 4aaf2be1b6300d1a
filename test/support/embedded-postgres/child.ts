import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Identity } from "#infra/embedded-postgres/machine.ts";
import { endWithUs } from "./folders.ts";
import { type Project, thisProject } from "./project.ts";

const Told = z.object({ url: z.string().default(""), pid: z.number().default(0), adopted: z.boolean().default(false), log: z.array(z.string()).default([]), error: z.string().default("") });

export interface Child extends z.infer<typeof Told> {
  readonly process: ChildProcess;
  /** Waits for its end. */
  readonly end: (signal: NodeJS.Signals, group?: boolean) => Promise<void>;
}

interface How {
  readonly who?: Identity | undefined;
  readonly project?: Project;
  /** Path of another package.json of the binaries. */
  readonly manifest?: string;
}

/** A starter that has not said anything yet, in a process group of its own. */
export const spawnStarter = (folder: string, { who, project = thisProject, manifest }: How = {}) => {
  const child = spawn(project.node, [join(project.root, "test/support/embedded-postgres/starter.ts"), folder, ...(manifest ? [manifest] : [])], {
    ...who,
    cwd: "/",
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  endWithUs(child.pid);
  return child;
};

/** A starter that has its server, or has failed. */
export const startInChild = async (folder: string, how: How = {}): Promise<Child> => {
  const child = spawnStarter(folder, how);
  for await (const line of createInterface({ input: child.stdout })) {
    const told = Told.parse(JSON.parse(line));
    endWithUs(told.pid);
    return { ...told, process: child, end: ending(child) };
  }
  throw new Error("the starter ended without a word");
};

const ending = (child: ChildProcess) => async (signal: NodeJS.Signals, group = false) => {
  const gone = once(child, "exit");
  if (child.pid) process.kill(group ? -child.pid : child.pid, signal);
  await gone;
};
