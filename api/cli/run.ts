import { catalog as ownCatalog, type Catalog, entriesOf } from "./catalog.ts";
import { readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { nearest } from "./did-you-mean.ts";
import { CliError, exitCodes, usageError } from "./exit.ts";
import { asCalled, folded } from "./format.ts";
import { commandHelp, overview } from "./help.ts";
import { globalOptions } from "./options.ts";
import type { CliConfig } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export interface Surroundings {
  readonly terminal: Terminal;
  /** Read when somebody needs it. */
  readonly config: () => Promise<CliConfig>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Commands that the program has beside the CLI's own: `serve`. */
  readonly more?: Catalog;
}

/** One run of `waybill`; answers with the exit code and never throws. */
export const run = async (args: readonly string[], surroundings: Surroundings): Promise<number> => {
  try {
    return await dispatch(args, surroundings);
  } catch (error) {
    return tell(error, surroundings);
  }
};

const dispatch = async (args: readonly string[], { terminal, config, signal, more = [] }: Surroundings): Promise<number> => {
  const started = performance.now();
  const catalog = [...more, ...ownCatalog];
  const { name, before, behind } = split(args);
  if (name === undefined || (name === "help" && behind.length === 0)) {
    const { version, help } = readArguments(before, { ...globalOptions, version: { kind: "flag", help: "" } }).values;
    if (version === true) return dispatch(["version", ...before.filter((arg) => arg !== "--version")], { terminal, config, signal, more });
    const { program } = await config();
    terminal[help === true || name !== undefined ? "stdout" : "stderr"].write(`${overview(catalog, program).join("\n")}\n`);
    return help === true || name !== undefined ? exitCodes.ok : exitCodes.usage;
  }
  const command = await find(name, catalog);
  const { globals, run, command: called = command } = command.read([...before, ...behind]);
  if (globals.help === true) {
    terminal.stdout.write(`${commandHelp(called, (await config()).program).join("\n")}\n`);
    return exitCodes.ok;
  }
  const { openSession } = await import("./session.ts");
  return run(await openSession(globals, { terminal, config: await config(), catalog, signal, started }));
};

// Global options may stand in front of the command; those with a value take the next word along.
const split = (args: readonly string[]): { name: string | undefined; before: string[]; behind: string[] } => {
  const takesValue = new Set(Object.entries(globalOptions).flatMap(([name, { kind }]) => (kind === "text" ? [`--${name}`] : [])));
  const at = args.findIndex((arg, index) => !arg.startsWith("-") && !takesValue.has(args[index - 1] ?? ""));
  return at < 0
    ? { name: undefined, before: [...args], behind: [] }
    : { name: args[at], before: args.slice(0, at), behind: args.slice(at + 1) };
};

const find = async (wanted: string, catalog: Catalog): Promise<Command> => {
  const entries = entriesOf(catalog);
  const entry = entries.find(({ name }) => name === wanted);
  if (entry) return entry.load();
  const guess = nearest(
    wanted,
    entries.map(({ name }) => name),
  );
  throw usageError(
    `there is no command ${JSON.stringify(wanted)}`,
    guess === undefined ? "see: waybill help" : `did you mean: waybill ${guess}?`,
  );
};

const tell = async (error: unknown, { terminal: { stderr }, config, signal }: Surroundings): Promise<number> => {
  // Whoever pressed Ctrl-C knows it; only what to do next may be news.
  if (signal.aborted && !(error instanceof CliError && error.hint !== undefined)) return exitCodes.interrupted;
  if (!(error instanceof CliError)) {
    stderr.write(`waybill: this is a defect of Waybill\n${error instanceof Error ? error.stack : String(error)}\n`);
    return exitCodes.failed;
  }
  const { program } = await config();
  // A single issue is what the message says already, with its path or in words of its own.
  const [only, ...others] = error.issues;
  const issues = only && others.length === 0 && error.message.includes(only.message) ? [] : error.issues;
  const listed = issues.map(({ path, message }) => `  ${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`);
  const lines = [`waybill: ${error.message}`, ...listed, ...(error.hint === undefined ? [] : [asCalled(error.hint, program)])];
  for (const line of stderr.columns === undefined ? lines : lines.flatMap((line) => folded("", line, stderr.columns))) stderr.write(`${line}\n`);
  return error.exit;
};
