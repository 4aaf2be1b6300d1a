import { command } from "#api/cli/command.ts";
import { exitCodes } from "#api/cli/exit.ts";
import { printable } from "#api/cli/format.ts";
import { listNeighbours, type Neighbour, type Shown } from "#api/cli/operations/graph-queries.ts";
import { table } from "#api/cli/table.ts";
import type { Output } from "#api/cli/terminal.ts";
import { enumName, enumNames, keyText, momentOf, momentOptions, plainName, rowsOption, typesOption } from "./asked.ts";
import { noSuchNode } from "./no-such-node.ts";
import { attributesText, moreText, remarkOn, take, wanted } from "./shown.ts";

export const neighbours = command(
  {
    name: "graph neighbours",
    summary: "the links of a node, in both directions",
    operands: ["KEY"],
    details: ["An arrow to the right leads away from the node, one to the left leads to it. --attributes shows what the sources say of each link."],
    options: {
      direction: { kind: "text", value: "WAY", choices: ["out", "in", "both"], help: "out: links away from it; in: to it; or both (both)" },
      type: typesOption,
      attributes: { kind: "flag", help: "with what each source says of the link" },
      limit: rowsOption("links"),
      ...momentOptions,
    },
    examples: [["graph neighbours pkg:npm/zod@4.6.7 --direction in", "what leads to it"]],
  },
  async (session, { operands: [text = ""], values }) => {
    const [key, moment] = [keyText(text), momentOf(values)];
    const asked = { ...moment, key, direction: enumName(values.direction ?? "both"), types: enumNames(values.type) };
    const state: { shown: Shown | null; total: number } = { shown: null, total: 0 };
    const found = await take(wanted(session, values.limit), async (page) => {
      const { graph } = await session.client.request(listNeighbours, { ...asked, ...page });
      const { neighbours: connection, ...shown } = graph;
      if (!connection) throw await noSuchNode(session, [key], moment);
      [state.shown, state.total] = [shown, connection.totalCount];
      return connection;
    });
    const { shown, total } = state;
    if (shown) remarkOn(session, shown);
    await session.output.result({ ...shown, key, totalCount: total, neighbours: found }, () =>
      total === 0 ? "there are none" : [...lines(session.output, found, values.attributes === true), ...moreText(found.length, total, "link")],
    );
    return exitCodes.ok;
  },
);

const lines = (output: Output, found: readonly Neighbour[], withAttributes: boolean): string[] => {
  const rows = found.map(({ outward, node, link }) => [
    `${outward ? "→" : "←"} ${plainName(link.type)}`,
    [...new Set(link.claims.map(({ source }) => printable(source)))].join(", "),
    plainName(node.kind),
    output.bold(printable(node.key)),
  ]);
  const [title = "", ...drawn] = table([{ title: "LINK" }, { title: "SOURCE" }, { title: "KIND" }, { title: "KEY" }], rows);
  if (!withAttributes) return [title, ...drawn];
  return [title, ...drawn.flatMap((line, index) => [line].concat((found[index]?.link.claims ?? []).flatMap(({ source, attributes }) => said(output, source, attributes))))];
};

const said = (output: Output, source: string, attributes: object): string[] => (Object.keys(attributes).length === 0 ? [] : [output.dim(`    ${printable(source)}: ${attributesText(attributes)}`)]);
