import { entriesOf } from "./catalog.ts";
import { command, type Command, type Description } from "./command.ts";
import { nearest } from "./did-you-mean.ts";
import { exitCodes, usageError } from "./exit.ts";
import { commandHelp, overview, topics } from "./help.ts";

export const help = command(
  {
    name: "help",
    summary: "help for a command, or about exit-codes or environment",
    operands: ["[COMMAND|TOPIC]", "[COMMAND]"],
    options: {},
    examples: [["help exit-codes", "what scripts can trust"]],
  },
  async ({ output, catalog }, { operands: [topic, word] }) => {
    const entries = entriesOf(catalog);
    const entry = entries.find(({ name }) => name === topic);
    const lines = topic === undefined ? overview(catalog, output.program) : entry ? commandHelp(called(await entry.load(), word), output.program) : topics.get(topic);
    const guess = nearest(topic ?? "", [...entries.map(({ name }) => name), ...topics.keys()]);
    if (!lines)
      throw usageError(
        `there is no help for ${JSON.stringify(topic)}`,
        guess === undefined ? "see: waybill help" : `did you mean: waybill help ${guess}?`,
      );
    for (const line of lines) await output.line(line);
    return exitCodes.ok;
  },
);

/** The command itself, or the one of its group. */
const called = (command: Command, word: string | undefined): Description => {
  if (word === undefined) return command;
  if (!command.words) throw usageError(`${command.name} has no commands of its own`, `see: waybill help ${command.name}`);
  return command.read([word]).command ?? command;
};
