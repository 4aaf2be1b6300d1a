import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import process from "node:process";
import { createPrivateFile } from "./keys/durable-file.ts";

/**
 * The name of this installation among the processes on the same log: the same after a restart, so that it takes up its own leases
 * at once, and nobody else's. Kept in a file of the data folder, which is this process's alone.
 */
export const nodeId = async (file: string): Promise<string> => {
  await createPrivateFile(file, `${hostname()}-${randomBytes(4).toString("hex")}\n`);
  return (await readFile(file, "utf8")).trim();
};

/** The name of this run of this process among all that share a data folder or have none: nobody ever has it again. */
export const runId = (): string => `${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}`;
