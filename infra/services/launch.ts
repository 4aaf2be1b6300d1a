import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { CannotStart } from "#infra/cannot-start.ts";
import type { Identity } from "#infra/embedded-postgres/machine.ts";

export interface Command {
  readonly program: string;
  readonly options: readonly string[];
  readonly folder: string;
  /** null: as the user of this process. */
  readonly who: Identity | null;
}

/**
 * Starts a server that outlives us: in a session of its own, its words at the end of a file, with nothing of our
 * terminal, pipes or environment. Resolves with its pid.
 */
export const launch = async ({ program, options, folder, who }: Command, log: string): Promise<number> => {
  const words = openSync(log, "a", 0o600);
  try {
    const child = spawn(program, options, { ...who, cwd: folder, detached: true, stdio: ["ignore", words, words], env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" } });
    child.unref();
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (cause) => reject(new CannotStart(`cannot start ${program}: ${cause.message}`, { cause })));
      child.once("spawn", () => (child.pid === undefined ? reject(new Error(`${program} has no pid`)) : resolve(child.pid)));
    });
  } finally {
    closeSync(words);
  }
};
