import { kindOf } from "#domain/graph/keys.ts";
import { command, type Command } from "#api/cli/command.ts";
import { exitCodes } from "#api/cli/exit.ts";
import { count, counted, printable } from "#api/cli/format.ts";
import { dependencies as askDependencies, dependents as askDependents, type Shown } from "#api/cli/operations/graph-queries.ts";
import { table } from "#api/cli/table.ts";
import { enumNames, keyText, kindsOption, momentOf, momentOptions, plainName, rowsOption, typesOption } from "./asked.ts";
import { noSuchNode } from "./no-such-node.ts";
import { moreText, remarkOn, take, wanted } from "./shown.ts";

interface Direction {
  readonly name: "dependencies" | "dependents";
  readonly summary: string;
  readonly ask: typeof askDependencies;
}

interface Totals {
  shown: Shown | null;
  total: number;
  levels: readonly number[];
  truncated: boolean;
}

const reached = ({ name, summary, ask }: Direction): Command =>
  command(
    {
      name: `graph ${name}`,
      summary,
      operands: ["KEY"],
      details: [
        "Directly or not, the nearest first. Unless --type says otherwise, what is walked are built-from, depends-on and contains.",
        "Where versions depend on packages, as in a Debian index, what one version needs is found through the versions of each package; where they depend on versions, as in an npm lock, ask for the version.",
      ],
      options: {
        type: typesOption,
        kind: kindsOption,
        depth: { kind: "integer", min: 1, max: 1000, value: "N", help: "links to walk, at most" },
        reach: { kind: "integer", min: 1, max: 1_000_000, value: "N", help: "nodes to reach, at most (100000); then it says that it was cut" },
        count: { kind: "flag", help: "only how many there are" },
        limit: rowsOption("nodes"),
        ...momentOptions,
      },
      examples: [[`graph ${name} pkg:deb/debian/bash --kind version --count`, "how many package versions"], [`graph ${name} pkg:npm/zod@4.6.7 --depth 1 --json`, "the direct ones, for a program"]],
    },
    async (session, { operands: [text = ""], values }) => {
      const [key, moment] = [keyText(text), momentOf(values)];
      const asked = { ...moment, key, types: enumNames(values.type), kinds: enumNames(values.kind), depth: values.depth, limit: values.reach };
      const totals: Totals = { shown: null, total: 0, levels: [], truncated: false };
      const nodes = await take(values.count === true ? 1 : wanted(session, values.limit), async (page) => {
        const { graph } = await session.client.request(ask, { ...asked, ...page });
        const { reached: connection, ...shown } = graph;
        if (!connection) throw await noSuchNode(session, [key], moment);
        Object.assign(totals, { shown, total: connection.totalCount, levels: connection.levels, truncated: connection.truncated });
        return connection;
      });
      const { shown, total, levels, truncated } = totals;
      if (shown) remarkOn(session, shown);
      const facts = { ...shown, key, totalCount: total, levels, truncated };
      if (values.count === true) await session.output.result(facts, () => (truncated ? `at least ${count(total)}` : count(total)));
      else await session.output.result({ ...facts, nodes: nodes.map(({ depth, node }) => ({ depth, ...node })) }, () => [...lines(nodes, session.output.bold), ...(total === 0 ? [] : ["", ...summaryOf(totals), ...moreText(nodes.length, total, "node")])]);
      if (total === 0 && name === "dependents" && kindOf(key) === "package")
        session.output.note(`what needs one of its versions is asked of the version: ${session.output.program} graph neighbours ${key} --type contains`);
      return exitCodes.ok;
    },
  );

const lines = (nodes: readonly { readonly depth: number; readonly node: { readonly key: string; readonly kind: string } }[], bold: (text: string) => string): string[] =>
  nodes.length === 0
    ? ["there are none"]
    : table([{ title: "DEPTH", right: true }, { title: "KIND" }, { title: "KEY" }], nodes.map(({ depth, node }) => [String(depth), plainName(node.kind), bold(printable(node.key))]));

const summaryOf = ({ total, levels, truncated }: Totals): string[] => [
  `${truncated ? "at least " : ""}${counted(total, "node")}, ${levels.length === 1 ? "all 1 link away" : `by distance ${levels.map(count).join(" + ")}`}`,
  ...(truncated ? ["there are more than were reached: --reach N"] : []),
];

export const dependencies = reached({ name: "dependencies", summary: "what a node needs", ask: askDependencies });
export const dependents = reached({ name: "dependents", summary: "what needs a node", ask: askDependents });
