import { command } from "./command.ts";
import { exitCodes } from "./exit.ts";
import { count, time } from "./format.ts";
import { listRepositories } from "./operations/trust.ts";
import { allNodes } from "./pages.ts";
import { table } from "./table.ts";

export const list = command(
  {
    name: "list",
    summary: "all repositories",
    operands: [],
    options: {},
    examples: [["list --json", "one document"]],
  },
  async ({ client, output }) => {
    const found = await allNodes(async (after) => (await client.request(listRepositories, { after })).repositories);
    await output.result(found, () =>
      found.length === 0
        ? `there are no repositories yet; make one: ${output.program} init NAME`
        : table(
            [{ title: "REPOSITORY" }, { title: "TARGETS", right: true }, { title: "BINS", right: true }, { title: "PUBLISHED" }],
            found.map(({ name, targetCount, bins, publishedAt, pending }) => [
              output.bold(name),
              count(targetCount),
              String(bins),
              time(publishedAt) + (pending ? output.yellow(" (more is pending)") : ""),
            ]),
          ),
    );
    return exitCodes.ok;
  },
);
