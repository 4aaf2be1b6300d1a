import { Writable } from "node:stream";
import { run } from "#api/cli/run.ts";
import type { CliConfig } from "#api/cli/session.ts";
import type { Run } from "./waybill.ts";

const config: CliConfig = { program: "waybill", url: "http://127.0.0.1:1", data: "/nonexistent", token: null, trust: "/nonexistent", color: false };

/** Runs a command line in this process: for what needs neither a server nor a process of its own. */
export const runHere = async (args: readonly string[]): Promise<Run> => {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const code = await run(args, { terminal: { stdout, stderr }, config: async () => config, signal: new AbortController().signal });
  return { code, stdout: stdout.text, stderr: stderr.text };
};

class Collected extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.text += chunk.toString();
    callback();
  }
}
