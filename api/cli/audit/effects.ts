import { command } from "#api/cli/command.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { showEffects } from "#api/cli/operations/audit.ts";
import { branches, eventLines } from "./event-lines.ts";
import { givenEvent } from "./given-event.ts";

export const effects = command(
  {
    name: "audit effects",
    summary: "what came of an event, as a tree",
    operands: ["EVENT"],
    details: ["EVENT is its id or its position. Below each event stands what it led to."],
    options: { limit: { kind: "integer", min: 1, max: 1000, short: "n", value: "N", help: "events at most (200)" } },
    examples: [["audit effects 12", "the tasks and publications that a command led to"]],
  },
  async ({ client, output }, { operands: [given = ""], values: { limit = 200 } }) => {
    const { effects: found } = await client.request(showEffects, { ...givenEvent(given), limit });
    if (found.events.length === 0) throw new CliError(exitCodes.refused, `there is no event ${given}`);
    const stems = branches(found.events.map(({ depth }) => depth));
    await output.result(found, () => [
      ...found.events.flatMap(({ event }, at) => eventLines(output, event, stems[at])),
      ...(found.truncated ? [output.yellow(`and more: --limit (up to 1000), or ask one of these for its effects`)] : []),
    ]);
    return exitCodes.ok;
  },
);
