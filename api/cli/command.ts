import { readArguments } from "./arguments.ts";
import { usageError } from "./exit.ts";
import { globalOptions, type GlobalValues, type Options, type Values } from "./options.ts";
import type { Session } from "./session.ts";

/** What a command is, for help and completion. */
export interface Description {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Positional arguments as help writes them: `NAME`, `[PATH]`, `FILE…`. */
  readonly operands: readonly string[];
  /** More than the summary says, by paragraphs. */
  readonly details?: readonly string[];
  /** Of a group: its words, and what each is for. */
  readonly words?: readonly (readonly [word: string, summary: string])[];
  readonly options: Options;
  /** Command lines without the `waybill` in front, and what they do. */
  readonly examples: readonly (readonly [line: string, what: string])[];
}

/** Operands and options of one call, checked against the description. */
export interface Call<Declared extends Options> {
  readonly operands: readonly string[];
  readonly values: Values<Declared>;
}

export interface Command extends Description {
  /** Reads the rest of the command line, also the global options among it. */
  read(args: readonly string[]): {
    readonly globals: GlobalValues;
    readonly run: (session: Session) => Promise<number>;
    /** The one of a group that was called, whose help is wanted. */
    readonly command?: Description;
  };
}

/** A command: its description, and what it does; answers with the exit code. */
export const command = <const Declared extends Options>(
  description: Description & { readonly options: Declared },
  run: (session: Session, call: Call<Declared>) => Promise<number>,
): Command => ({
  ...description,
  read: (args) => {
    const { values, positionals } = readArguments(args, { ...globalOptions, ...description.options }, description.name);
    return {
      globals: values,
      run: async (session) => {
        checkOperands(description, positionals);
        return run(session, { operands: positionals, values });
      },
    };
  },
});

const checkOperands = ({ name, operands }: Description, given: readonly string[]): void => {
  const required = operands.filter((operand) => !operand.startsWith("["));
  const missing = required[given.length];
  const hint = `usage: waybill ${[name, ...operands].join(" ")}  (more: waybill ${name} --help)`;
  if (missing !== undefined) throw usageError(`${missing.replace("…", "")} is missing`, hint);
  if (given.length > operands.length && !operands.some((operand) => operand.includes("…")))
    throw usageError(`unexpected argument ${JSON.stringify(given[operands.length])}`, hint);
};
