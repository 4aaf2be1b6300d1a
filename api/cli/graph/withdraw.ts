import { command } from "#api/cli/command.ts";
import { exitCodes, usageError } from "#api/cli/exit.ts";
import { count, counted } from "#api/cli/format.ts";
import { reasonOption } from "#api/cli/mutation.ts";
import { linkTypes } from "#domain/graph/kinds.ts";
import { keyText, sourceOption } from "./asked.ts";
import { readWithdrawn, type Withdrawn } from "./facts-file.ts";
import { sendAll, withdrawing } from "./send-facts.ts";

export const withdraw = command(
  {
    name: "graph withdraw",
    summary: "take back what a source said of nodes or links",
    operands: ["[KEY…]"],
    details: [
      "Nodes by their keys; with --link one link, as FROM TO; with --file whatever the lines of a file name, as `waybill graph record` takes them. What the source never said is passed over. To withdraw a node does not withdraw its links.",
    ],
    options: {
      link: { kind: "text", value: "TYPE", choices: linkTypes, help: "the two keys are the ends of a link of this type" },
      file: { kind: "list", value: "FILE", help: "nodes and links of this file; - is standard input" },
      source: sourceOption,
      reason: reasonOption,
    },
    examples: [
      ["graph withdraw image/old --source ci --reason 'never shipped'", "a node"],
      ["graph withdraw image/shop pkg:npm/zod@4.6.7 --link contains --source syft", "a link"],
    ],
  },
  async (session, { operands, values }) => {
    const told = await wantedOf(operands, values);
    if (told.nodes.size + told.links.size === 0) throw usageError("KEY is missing", "name nodes, a link, or a --file");
    const source = values.source ?? "ci";
    const sent = await sendAll(session, "withdrawing", withdrawing(told, { source, reason: values.reason }));
    const withdrawn = { source, nodes: told.nodes.size, links: told.links.size, ...sent };
    await session.output.result(withdrawn, () =>
      sent.events === 0 ? `nothing to withdraw: ${source} says none of it` : `${session.output.green("withdrawn")} what ${source} said: ${counted(sent.events, "event")}, up to position ${count(sent.position)}`,
    );
    return exitCodes.ok;
  },
);

interface Given {
  readonly link?: string | undefined;
  readonly file?: readonly string[] | undefined;
}

const wantedOf = async (operands: readonly string[], { link, file = [] }: Given): Promise<Withdrawn> => {
  const inFiles = await readWithdrawn(file);
  const keys = operands.map(keyText);
  if (link === undefined) return { links: inFiles.links, nodes: new Map([...inFiles.nodes, ...keys.map((key) => [key, key] as const)]) };
  const [from, to] = keys;
  const type = linkTypes.find((one) => one === link);
  if (from === undefined || to === undefined || keys.length > 2 || type === undefined) throw usageError("--link takes two keys: where it leads from, and to");
  return { nodes: inFiles.nodes, links: new Map([...inFiles.links, [`${from} ${type} ${to}`, { type, from, to }]]) };
};
