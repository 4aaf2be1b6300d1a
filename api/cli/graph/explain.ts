import { command } from "#api/cli/command.ts";
import { exitCodes, usageError } from "#api/cli/exit.ts";
import { count } from "#api/cli/format.ts";
import { explainFacts } from "#api/cli/operations/graph-queries.ts";
import { linkTypes } from "#domain/graph/kinds.ts";
import { enumName, keyText, momentOf, momentOptions } from "./asked.ts";
import { noSuchNode } from "./no-such-node.ts";
import { factLines } from "./fact-lines.ts";
import { remarkOn } from "./shown.ts";

export const explain = command(
  {
    name: "graph explain",
    summary: "the events behind a node, one of its attributes, or a link",
    operands: ["KEY", "[TYPE]", "[TO]"],
    details: ["A link is told by where it leads from, its type and where it leads to. All that was ever said of it, the oldest first."],
    options: {
      attribute: { kind: "text", value: "NAME", help: "only this attribute of the node" },
      limit: { kind: "integer", min: 1, max: 1000, short: "n", value: "N", help: "facts, at most (200)" },
      ...momentOptions,
    },
    examples: [
      ["graph explain pkg:npm/zod@4.6.7 --attribute integrity", "who said so, and when"],
      ["graph explain pkg:npm/pg@8.23.1 depends-on pkg:npm/pg-pool@3.14.0", "why there is this link"],
    ],
  },
  async (session, { operands: [text = "", type, to], values }) => {
    const [key, moment] = [keyText(text), momentOf(values)];
    if (type !== undefined && to === undefined) throw usageError("a link is told by FROM TYPE TO");
    if (type !== undefined && !linkTypes.some((one) => one === type)) throw usageError(`there is no link type ${JSON.stringify(type)}`, `one of: ${linkTypes.join(", ")}`);
    if (type !== undefined && values.attribute !== undefined) throw usageError("--attribute goes with a node");
    const subject = type === undefined ? { node: key, attribute: values.attribute } : { link: { type: enumName(type), from: key, to: keyText(to ?? "") } };
    const { graph } = await session.client.request(explainFacts, { ...moment, ...subject, limit: values.limit });
    const { explain: found, ...shown } = graph;
    remarkOn(session, graph);
    if (found.facts.length === 0) throw await noSuchNode(session, [type === undefined ? key : `${key} ${type} ${to}`], moment);
    await session.output.result({ ...shown, ...found }, () => [...found.facts.flatMap((fact) => factLines(session.output, fact)), ...(found.truncated ? [`the first ${count(found.facts.length)}; more with --limit`] : [])]);
    return exitCodes.ok;
  },
);
