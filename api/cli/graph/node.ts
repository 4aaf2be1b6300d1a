import { command } from "#api/cli/command.ts";
import { exitCodes } from "#api/cli/exit.ts";
import { date, printable } from "#api/cli/format.ts";
import { type Detailed, showNode } from "#api/cli/operations/graph-queries.ts";
import { card, table } from "#api/cli/table.ts";
import type { Output } from "#api/cli/terminal.ts";
import { keyText, momentOf, momentOptions, plainName } from "./asked.ts";
import { noSuchNode } from "./no-such-node.ts";
import { changeText, remarkOn, valueText } from "./shown.ts";

export const node = command(
  {
    name: "graph node",
    summary: "a node: what it is, its attributes, and who says so since when",
    operands: ["KEY"],
    options: momentOptions,
    examples: [
      ["graph node pkg:npm/zod@4.6.7", "a package version"],
      ["graph node deployment/prod/shop --as-of 2026-11-20", "what ran there on that day"],
    ],
  },
  async (session, { operands: [text = ""], values }) => {
    const [key, moment] = [keyText(text), momentOf(values)];
    const { graph } = await session.client.request(showNode, { ...moment, key });
    remarkOn(session, graph);
    const { node: found, ...shown } = graph;
    if (!found) throw await noSuchNode(session, [key], moment);
    await session.output.result({ ...shown, node: found }, () => lines(session.output, found));
    return exitCodes.ok;
  },
);

const lines = (output: Output, { key, kind, since, claims, attributes }: Detailed): string[] => [
  ...card(
    [
      ["key", output.bold(printable(key))],
      ["kind", plainName(kind)],
      ["since", changeText(since)],
      ["claimed by", claims.length === 0 ? "nobody: it is an end of a link" : claims.map((claim) => `${printable(claim.source)} (${date(claim.since.at)})`).join(", ")],
    ],
    output.width,
  ),
  ...(attributes.length === 0
    ? []
    : ["", ...table([{ title: "ATTRIBUTE" }, { title: "SOURCE" }, { title: "SINCE" }, { title: "VALUE" }], attributes.map((one) => [printable(one.name), printable(one.source), date(one.since.at), valueText(one.value)]))]),
];
