import { command } from "#api/cli/command.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { showCauses } from "#api/cli/operations/audit.ts";
import { branches, eventLines } from "./event-lines.ts";
import { givenEvent } from "./given-event.ts";

export const causes = command(
  {
    name: "audit causes",
    summary: "what led to an event",
    operands: ["EVENT"],
    details: ["EVENT is its id or its position. The first cause comes first, the event itself last."],
    options: {},
    examples: [["audit causes 17", "which command, by whom, led to it"]],
  },
  async ({ client, output }, { operands: [given = ""] }) => {
    const { causes: events } = await client.request(showCauses, givenEvent(given));
    if (events.length === 0) throw new CliError(exitCodes.refused, `there is no event ${given}`);
    const stems = branches(events.map((_, depth) => depth));
    await output.result({ events }, () => events.flatMap((event, at) => eventLines(output, event, stems[at])));
    return exitCodes.ok;
  },
);
