import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Options, Order } from "./eventstore-server/orders.ts";
import { ownPort } from "./ports.ts";

/** A server of EventStoreDB's gRPC protocol, made for tests, in a process of its own. */
export interface ProtocolServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Resolves when the server has done it. */
  readonly order: (order: Order) => Promise<void>;
  /** kill -9. */
  readonly kill: () => Promise<void>;
  /** Again, on the same port and file. */
  readonly start: () => Promise<void>;
  /** Stops the process where it is, or lets it go on. */
  readonly signal: (signal: "SIGSTOP" | "SIGCONT") => void;
}

export const startProtocolServer = async (options: Omit<Options, "file" | "port"> = {}): Promise<ProtocolServer> => {
  const folder = mkdtempSync(join(tmpdir(), "waybill-eventstore-"));
  const file = join(folder, "log");
  const port = await ownPort();
  let running = await launch({ ...options, file, port });
  return {
    port,
    url: `esdb://127.0.0.1:${port}?tls=${options.tls !== undefined}`,
    order: (order) => running.order(order),
    kill: () => running.kill(),
    signal: (signal) => running.signal(signal),
    start: async () => {
      running = await launch({ ...options, file, port });
    },
    [Symbol.asyncDispose]: async () => {
      await running.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const launch = async (options: Options) => {
  const child = spawn(process.execPath, [`${import.meta.dirname}/eventstore-server/main.ts`, JSON.stringify(options)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).done) throw new Error("the protocol server did not start");
  return {
    order: async (order: Order) => {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      await lines.next();
    },
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
};
