import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { engineOfThisRun } from "#test/support/engine.ts";

/** A whole Waybill in a process and a data folder of its own, on the log engine that `LOG_ENGINE` names. */
export interface TestWaybill extends AsyncDisposable {
  readonly url: string;
  readonly data: string;
  /** The administrator's. */
  readonly token: string;
  readonly pid: number;
  /** What it has printed so far, since its last start. */
  output(): string;
  /** Ends the process; resolves to its exit code when it is gone, null after a signal. */
  kill(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resolves when the process has ended by itself. */
  ended(): Promise<number | null>;
  /** Another process with the same settings but for the given ones, until it ends by itself. */
  beside(environment?: Readonly<Record<string, string>>): Promise<Ending>;
  /** Starts it on the same data, with other settings where some are given. */
  start(settings?: Settings): Promise<void>;
}

/** How a process ended that was not meant to stay. */
export interface Ending {
  readonly code: number | null;
  readonly output: string;
}

export interface Settings {
  /** Another main program than infra/main.ts. */
  readonly main?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export const startWaybill = async (settings: Settings = {}): Promise<TestWaybill> => {
  const data = await mkdtemp(join(tmpdir(), "waybill data-"));
  const engine = await engineOfThisRun();
  const environment = { WAYBILL_DATA: data, PORT: "0", ...engine.environment };
  let run: Run;
  const start = async ({ main, environment: more }: Settings = settings) => {
    run = launch(main ?? "infra/main.ts", { ...environment, ...more });
    await run.ready;
  };
  await start();
  const kill = (signal: NodeJS.Signals = "SIGKILL") => {
    run.child.kill(signal);
    return run.exit;
  };
  return {
    get url() {
      return /GraphiQL +(http:\S+)\/graphql/.exec(run.output())?.[1] ?? "";
    },
    get token() {
      return readFileSync(join(data, "admin-token"), "utf8").trim();
    },
    get pid() {
      return run.child.pid ?? 0;
    },
    data,
    output: () => run.output(),
    ended: () => run.exit,
    kill,
    start,
    beside: async (more = {}) => {
      const other = launch("infra/main.ts", { ...environment, ...more });
      other.ready.then(() => other.child.kill(), () => undefined);
      const code = await other.exit;
      return { code, output: other.output() };
    },
    [Symbol.asyncDispose]: async () => {
      await kill("SIGTERM");
      await engine[Symbol.asyncDispose]();
      await rm(data, { recursive: true, force: true });
    },
  };
};

export interface Run {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly ready: Promise<void>;
  readonly output: () => string;
}

/** What `npm start` gives Node. */
const flags = ["--max-semi-space-size=16", "--max-old-space-size=1024"];

/** However slow the machine: no read of a test is stale unless the read model stands still. */
const usual = { WAYBILL_READ_WAIT_MS: "60000" };

/** A process of Waybill, by its main program and its arguments; `ready` when it has greeted, `exit` when it is gone and has said all. */
export const launch = (main: string, environment: Readonly<Record<string, string>>, args: readonly string[] = []): Run => {
  const child = spawn(process.execPath, [...flags, main, ...args], { env: { ...process.env, ...usual, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const ready = async () => {
    while (!text.includes("Ctrl-C stops it")) {
      if (child.exitCode !== null || child.signalCode !== null) {
        await exit;
        throw new Error(`it ended before it was ready:\n${text}`);
      }
      await sleep(10);
    }
  };
  return { child, exit, ready: ready(), output: () => text };
};
