import type { Command } from "./command.ts";
import { nearest } from "./did-you-mean.ts";
import { usageError } from "./exit.ts";
import { readArguments } from "./arguments.ts";
import { globalOptions } from "./options.ts";

interface Group {
  readonly name: string;
  readonly summary: string;
  readonly details?: readonly string[];
}

/** Commands that are called by two words: `audit verify`. Each is named by both, and has help of its own. */
export const group = ({ name, summary, details = [] }: Group, commands: readonly Command[]): Command => {
  const words = commands.map((command) => command.name.slice(name.length + 1));
  return {
    name,
    summary,
    operands: [words.join("|").length < 50 ? words.join("|") : "COMMAND"],
    details: [...details, `More of each: waybill ${name} ${words[0] ?? ""} --help`],
    words: commands.map((command, index) => [words[index] ?? "", command.summary]),
    options: {},
    examples: commands.flatMap(({ examples }) => examples.slice(0, 1)),
    read: (args) => {
      const at = args.findIndex((arg, index) => !arg.startsWith("-") && !takesValue.has(args[index - 1] ?? ""));
      const word = args[at];
      const command = commands[words.indexOf(word ?? "")];
      if (command) return { command, ...command.read(args.toSpliced(at, 1)) };
      const { values } = readArguments(args.slice(0, Math.max(at, 0)).concat(args.filter((arg) => arg === "--help" || arg === "-h")), globalOptions, name);
      if (values.help !== true) throw unknown(name, words, word);
      return { globals: values, run: () => Promise.reject(unknown(name, words, word)) };
    },
  };
};

const takesValue = new Set(Object.entries(globalOptions).flatMap(([name, { kind }]) => (kind === "text" ? [`--${name}`] : [])));

const unknown = (name: string, words: readonly string[], word: string | undefined) => {
  const guess = word === undefined ? undefined : nearest(word, words);
  const problem = word === undefined ? `which of ${name}?` : `there is no command ${JSON.stringify(`${name} ${word}`)}`;
  return usageError(problem, guess === undefined ? `one of: ${words.join(", ")}` : `did you mean: waybill ${name} ${guess}?`);
};
