import { command } from "#api/cli/command.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { resolveNodes } from "#api/cli/operations/graph-queries.ts";
import { momentOf, momentOptions } from "./asked.ts";
import { nodesTable } from "./nodes-table.ts";
import { remarkOn } from "./shown.ts";

export const resolve = command(
  {
    name: "graph resolve",
    summary: "what a text may mean: a key, the beginning of one, a digest, words",
    operands: ["TEXT…"],
    details: ["The node with this key; else those whose key begins with it; else those with its words in the key or in an attribute, 20 at most. Exit code 3 where there is none."],
    options: momentOptions,
    examples: [["graph resolve libc6", "everything with that word"]],
  },
  async (session, { operands, values }) => {
    const text = operands.join(" ");
    const { graph } = await session.client.request(resolveNodes, { ...momentOf(values), text });
    const { resolve: nodes, ...shown } = graph;
    remarkOn(session, graph);
    if (nodes.length === 0 && !session.output.json) throw new CliError(exitCodes.refused, `nothing is known of ${JSON.stringify(text)}`);
    await session.output.result({ ...shown, nodes }, () => nodesTable(session.output, nodes));
    return nodes.length === 0 ? exitCodes.refused : exitCodes.ok;
  },
);
