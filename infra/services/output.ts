import { spawn } from "node:child_process";
import type { Identity } from "#infra/embedded-postgres/machine.ts";

export interface Output {
  /** null after a signal, or where the program did not start. */
  readonly code: number | null;
  /** What it said on both streams, without empty lines. */
  readonly lines: readonly string[];
}

/** Runs a program to its end. */
export const output = (program: string, options: readonly string[], who: Identity | null = null): Promise<Output> =>
  new Promise((resolve) => {
    const child = spawn(program, options, { ...who, cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", (error) => resolve({ code: null, lines: [error.message] }));
    child.once("close", (code) => resolve({ code, lines: said.split("\n").filter((line) => line.trim() !== "") }));
  });
