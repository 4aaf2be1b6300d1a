import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Load } from "./load.ts";

/** Emmett's store on a PostgreSQL database, in a process of its own: see emmett.ts. */
export const emmettOn = (url: string) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "emmett.ts"), url], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const measured = async (load: Load): Promise<number> => {
    child.stdin.write(`${JSON.stringify(load)}\n`);
    return Number((await lines.next()).value);
  };
  const end = async () => {
    child.stdin.end();
    await once(child, "exit");
  };
  return { rate: measured, [Symbol.asyncDispose]: end };
};
