import { parseArgs } from "node:util";
import { CannotStart } from "#infra/cannot-start.ts";
import { type Kind, kinds } from "./services.ts";

const actions = ["up", "down", "status", "env", "kill", "pause", "resume"] as const;

export interface Arguments {
  readonly action: (typeof actions)[number];
  /** Of `kill`, `pause`, `resume`. */
  readonly names: readonly string[];
  readonly data: string;
  readonly brokers: 1 | 3 | undefined;
  readonly only: readonly Kind[] | undefined;
  readonly json: boolean;
}

export const usage = `npm run services -- up [--brokers 1|3] [--only ${kinds.join(",")}]   start what is down
npm run services -- down | status | env        stop; show; print settings for eval "$(npm run -s services -- env)"
npm run services -- kill | pause | resume NAME
  --data FOLDER   where their files are (./data/services)   --json   status as JSON`;

/** Throws `CannotStart` with what does not fit. */
export const readArguments = (given: readonly string[]): Arguments => {
  const { values, positionals } = parsed(given);
  const [first, ...names] = positionals;
  const action = actions.find((each) => each === first);
  if (!action) throw new CannotStart(`${first === undefined ? "no action" : `unknown action ${first}`}\n${usage}`);
  const named = ["kill", "pause", "resume"].includes(action);
  if (named !== names.length > 0) throw new CannotStart(`${action} takes ${named ? "the name of a service" : "no name; for some of them: --only"}\n${usage}`);
  return { action, names, data: values.data, brokers: brokersOf(values.brokers), only: onlyOf(values.only), json: values.json };
};

const parsed = (given: readonly string[]) => {
  try {
    const options = { data: { type: "string", default: "data/services" }, brokers: { type: "string" }, only: { type: "string" }, json: { type: "boolean", default: false } } as const;
    return parseArgs({ args: [...given], allowPositionals: true, options });
  } catch (error) {
    throw new CannotStart(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error });
  }
};

const brokersOf = (text: string | undefined): 1 | 3 | undefined => {
  if (text === undefined) return undefined;
  if (text === "1") return 1;
  if (text === "3") return 3;
  throw new CannotStart("--brokers must be 1 or 3");
};

const onlyOf = (text: string | undefined): readonly Kind[] | undefined =>
  text?.split(",").map((name) => {
    const kind = kinds.find((each) => each === name.trim());
    if (!kind) throw new CannotStart(`--only: ${name} is none of ${kinds.join(", ")}`);
    return kind;
  });
