import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sharedEngine } from "./engine.ts";
import { launch } from "./waybill.ts";

/** A running `waybill serve --role …`. */
export interface Served {
  readonly url: string;
  /** The administrator's, for requests to this process. */
  readonly token: string;
  readonly pid: number;
  readonly output: () => string;
  /** Its exit code when it is gone, null after a signal. */
  readonly exit: Promise<number | null>;
  readonly kill: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** Any number of processes on one log and one data folder. */
export interface Installation extends AsyncDisposable {
  readonly data: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Starts a process; resolves when it has greeted. */
  readonly serve: (role: string, environment?: Readonly<Record<string, string>>) => Promise<Served>;
}

export const newInstallation = async (): Promise<Installation> => {
  const engine = await sharedEngine();
  const data = join(await mkdtemp(join(tmpdir(), "waybill installation-")), "data");
  const environment = { ...engine.environment, WAYBILL_DATA: data };
  const all: Served[] = [];

  const serve: Installation["serve"] = async (role, more = {}) => {
    const run = launch("infra/waybill.js", { ...environment, ...more }, ["serve", "--role", role, "--port", "0"]);
    const kill = (signal: NodeJS.Signals = "SIGKILL") => {
      run.child.kill(signal);
      return run.exit;
    };
    await run.ready;
    const url = /(http:\/\/\S+)\/(graphql|readyz)/.exec(run.output())?.[1] ?? "";
    const served: Served = {
      url,
      get token() {
        return readFileSync(join(data, "admin-token"), "utf8").trim();
      },
      pid: run.child.pid ?? 0,
      output: run.output,
      exit: run.exit,
      kill,
    };
    all.push(served);
    return served;
  };

  return {
    data,
    environment,
    serve,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(all.map(({ kill }) => kill()));
      await engine[Symbol.asyncDispose]();
      await rm(join(data, ".."), { recursive: true, force: true });
    },
  };
};
