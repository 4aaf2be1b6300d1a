import { command } from "#api/cli/command.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { printable } from "#api/cli/format.ts";
import { findPath } from "#api/cli/operations/graph-queries.ts";
import { enumName, enumNames, keyText, momentOf, momentOptions, plainName, typesOption } from "./asked.ts";
import { noSuchNode } from "./no-such-node.ts";
import { remarkOn } from "./shown.ts";

interface Step {
  readonly type: string;
  readonly fromKey: string;
  readonly toKey: string;
  readonly claims: readonly { readonly source: string }[];
}

export const path = command(
  {
    name: "graph path",
    summary: "a shortest way from one node to another",
    operands: ["FROM", "TO"],
    details: ["Exit code 3 where there is no way."],
    options: {
      direction: { kind: "text", value: "WAY", choices: ["out", "in", "both"], help: "out: along links; in: against them; or both (out)" },
      type: typesOption,
      depth: { kind: "integer", min: 1, max: 1000, value: "N", help: "links, at most" },
      reach: { kind: "integer", min: 1, max: 1_000_000, value: "N", help: "nodes to look at, at most (100000)" },
      ...momentOptions,
    },
    examples: [["graph path pkg:npm/express@5.3.0 pkg:npm/ms@2.1.3", "why the one has the other"]],
  },
  async (session, { operands: [start = "", end = ""], values }) => {
    const [from, to, moment] = [keyText(start), keyText(end), momentOf(values)];
    const asked = { from, to, direction: enumName(values.direction ?? "out"), types: enumNames(values.type), depth: values.depth, limit: values.reach };
    const { graph } = await session.client.request(findPath, { ...moment, ...asked });
    const { path: found, ...shown } = graph;
    remarkOn(session, graph);
    if (!found) throw await noSuchNode(session, [from, to], moment);
    if (found.length === null && !session.output.json)
      throw new CliError(exitCodes.refused, `there is no way from ${from} to ${to}${found.truncated ? " within the nodes looked at: --reach N" : ""}`);
    await session.output.result({ ...shown, ...found }, () =>
      found.nodes.flatMap(({ key, kind }, index) => {
        const next = found.nodes[index + 1]?.key;
        const line = `${session.output.bold(printable(key))}  ${session.output.dim(plainName(kind))}`;
        return [line, ...(next === undefined ? [] : found.links.filter((link) => joins(link, key, next)).map((link) => `  ${linkText(link, key)}`))];
      }),
    );
    return found.length === null ? exitCodes.refused : exitCodes.ok;
  },
);

const joins = ({ fromKey, toKey }: Step, one: string, other: string): boolean => (fromKey === one && toKey === other) || (fromKey === other && toKey === one);

const linkText = ({ type, fromKey, claims }: Step, here: string): string =>
  `${fromKey === here ? "↓" : "↑"} ${plainName(type)} (${[...new Set(claims.map(({ source }) => printable(source)))].join(", ")})`;
