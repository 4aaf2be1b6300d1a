import { entriesOf } from "./catalog.ts";
import { command } from "./command.ts";
import { nearest } from "./did-you-mean.ts";
import { exitCodes, usageError } from "./exit.ts";
import { commandHelp, overview, topics } from "./help.ts";

export const help = command(
  {
    name: "help",
    summary: "help for a command, or about exit-codes or environment",
    operands: ["[COMMAND|TOPIC]"],
    options: {},
    examples: [["help exit-codes", "what scripts can trust"]],
  },
  async ({ output, catalog }, { operands: [topic] }) => {
    const entries = entriesOf(catalog);
    const entry = entries.find(({ name }) => name === topic);
    const lines = topic === undefined ? overview(catalog, output.program) : entry ? commandHelp(await entry.load(), output.program) : topics.get(topic);
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
