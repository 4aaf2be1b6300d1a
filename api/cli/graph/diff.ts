import { command } from "#api/cli/command.ts";
import { exitCodes } from "#api/cli/exit.ts";
import { count } from "#api/cli/format.ts";
import { listDifferences, type Shown } from "#api/cli/operations/graph-queries.ts";
import { asOfText, keyText, momentOptions } from "./asked.ts";
import { noSuchNode } from "./no-such-node.ts";
import { differenceLines } from "./difference-lines.ts";
import { remarkOn, take, wanted } from "./shown.ts";

export const diff = command(
  {
    name: "graph diff",
    summary: "what changed between two moments, and by which events",
    operands: ["FROM", "[TO]"],
    details: ["Moments are positions, times or ids of events; without TO it is the present. With --key: only that node and what it needs (a deployment: what it runs), at either moment. What came and went in between is no difference."],
    options: {
      key: { kind: "text", value: "KEY", help: "of this node and all that it needs or runs" },
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
      if (!connection) throw await noSuchNode(session, [key ?? ""], {});
      [state.shown, state.more] = [shown, connection.pageInfo.hasNextPage];
      return connection;
    });
    if (state.shown) remarkOn(session, state.shown);
    await session.output.result({ ...state.shown, more: state.more, differences: found }, () =>
      found.length === 0 ? "there is no difference" : [...differenceLines(session.output, found), ...(state.more ? [`the first ${count(found.length)}; more with --limit`] : [])],
    );
    return exitCodes.ok;
  },
);
