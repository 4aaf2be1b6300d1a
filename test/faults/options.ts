import { parseArgs } from "node:util";
import { type Engine, engines } from "./parts/engines.ts";

/** What a run is asked for. */
export interface Options {
  readonly seconds: number;
  readonly seed: number;
  /** API processes. */
  readonly processes: number;
  /** Concurrent writers over the API. */
  readonly writers: number;
  /** Concurrent writers over the port itself, in each of two processes. */
  readonly logWriters: number;
  /** Milliseconds between two commands of a writer, on average. */
  readonly paceMs: number;
  /** The folder with journals and the processes' words stays. */
  readonly keep: boolean;
  /** Tells of every fault as it comes. */
  readonly tell: (line: string) => void;
}

export interface Arguments {
  readonly engines: readonly Engine[];
  readonly options: Omit<Options, "tell">;
  /** Markdown file. */
  readonly report: string | undefined;
}

export const usage = `usage: npm run faults -- ${[...engines, "all"].join("|")} [--seconds N] [--seed S] [--processes 3] [--writers 64] [--log-writers 8] [--pace MS] [--keep] [--report FILE]`;

/** Throws with the usage. */
export const argumentsOf = (args: readonly string[]): Arguments => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
      processes: { type: "string", default: "3" },
      writers: { type: "string", default: "64" },
      "log-writers": { type: "string", default: "8" },
      pace: { type: "string", default: "50" },
      keep: { type: "boolean", default: false },
      report: { type: "string" },
    },
  });
  const named = engines.filter((engine) => positionals.includes(engine) || positionals.includes("all"));
  if (named.length === 0 || positionals.length !== 1) throw new Error(usage);
  const whole = (name: "seconds" | "seed" | "processes" | "writers" | "log-writers" | "pace", least: number) => {
    const number = Number(values[name]);
    if (!Number.isSafeInteger(number) || number < least) throw new Error(`--${name} must be a whole number from ${least}\n${usage}`);
    return number;
  };
  return {
    engines: named,
    report: values.report,
    options: {
      seconds: whole("seconds", 3),
      seed: whole("seed", 0),
      processes: whole("processes", 1),
      writers: whole("writers", 1),
      logWriters: whole("log-writers", 1),
      paceMs: whole("pace", 0),
      keep: values.keep,
    },
  };
};
