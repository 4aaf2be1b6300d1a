import { command } from "#api/cli/command.ts";
import { exitCodes } from "#api/cli/exit.ts";
import { count, printable, time } from "#api/cli/format.ts";
import { type Change, type Difference, listDifferences, type Shown } from "#api/cli/operations/graph-queries.ts";
import type { Output } from "#api/cli/terminal.ts";
import { asOfText, keyText, momentOptions, noSuchNode, plainName } from "./asked.ts";
import { attributesText, remarkOn, take, valueText, wanted } from "./shown.ts";

export const diff = command(
  {
    name: "graph diff",
    summary: "what changed between two moments, and by which events",
    operands: ["FROM", "[TO]"],
    details: ["Moments are positions, times or ids of events; without TO it is the present. With --key: only that node and what it needs, at either moment. What came and went in between is no difference."],
    options: {
      key: { kind: "text", value: "KEY", help: "of this node and all that it needs" },
      limit: { kind: "integer", min: 1, max: 10_000_000, short: "n", value: "N", help: "differences to show, at most (50; with --json all)" },
      after: momentOptions.after,
    },
    examples: [["graph diff 2026-11-20 2026-11-21 --key deployment/prod/shop", "what one day changed for a service"]],
  },
  async (session, { operands: [from = "", to], values }) => {
    const key = values.key === undefined ? undefined : keyText(values.key);
    const asOf = to === undefined ? undefined : asOfText("TO", to);
    const asked = { from: asOfText("FROM", from), asOf, key, after: values.after };
    const state: { shown: Shown | null; more: boolean } = { shown: null, more: false };
    const found = await take(wanted(session, values.limit), async (page) => {
      const { graph } = await session.client.request(listDifferences, { ...asked, ...page });
      const { diff: connection, ...shown } = graph;
      if (!connection) throw noSuchNode(key ?? "", {});
      [state.shown, state.more] = [shown, connection.pageInfo.hasNextPage];
      return connection;
    });
    if (state.shown) remarkOn(session, state.shown);
    await session.output.result({ ...state.shown, more: state.more, differences: found }, () =>
      found.length === 0 ? "there is no difference" : [...lines(session.output, found), ...(state.more ? [`the first ${count(found.length)}; more with --limit`] : [])],
    );
    return exitCodes.ok;
  },
);

/** Below each event what it did. */
const lines = (output: Output, found: readonly Difference[]): string[] =>
  [...Map.groupBy(found, ({ by }) => by.position).values()].flatMap((some) => some.flatMap((one, index) => (index === 0 ? [heading(output, one.by)] : []).concat(`  ${line(output, one)}`)));

const heading = (output: Output, { position, at, actor, type, reason }: Change): string =>
  `${output.bold(count(position))}  ${output.dim(`${time(at)}  ${printable(type)} by ${printable(actor)}${reason === null ? "" : `: ${printable(reason)}`}`)}`;

const line = (output: Output, difference: Difference): string => {
  const { change, what, before, after } = difference;
  const subject = subjectOf(difference);
  const text = what === "LINK" ? attributesText : valueText;
  const tail = (value: unknown) => (what === "NODE" || text(value) === "" ? "" : ` ${text(value)}`);
  if (change === "ADDED") return output.green(`+ ${subject}${tail(after)}`);
  if (change === "REMOVED") return output.red(`- ${subject}${tail(before)}`);
  return output.yellow(`~ ${subject}${tail(before)} →${tail(after)}`);
};

const subjectOf = ({ what, key, name, type, to, source }: Difference): string => {
  if (what === "NODE") return printable(key);
  if (what === "ATTRIBUTE") return `${printable(key)} ${printable(name ?? "")} (${printable(source ?? "")}):`;
  return `${printable(key)} ${plainName(type ?? "")} ${printable(to ?? "")} (${printable(source ?? "")})`;
};
