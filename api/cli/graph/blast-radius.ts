import { command } from "#api/cli/command.ts";
import { exitCodes } from "#api/cli/exit.ts";
import { counted, date, printable } from "#api/cli/format.ts";
import { showBlastRadius } from "#api/cli/operations/graph-queries.ts";
import { table } from "#api/cli/table.ts";
import { keyText, momentOf, momentOptions } from "./asked.ts";
import { noSuchNode } from "./no-such-node.ts";
import { remarkOn } from "./shown.ts";

export const blastRadius = command(
  {
    name: "graph blast-radius",
    summary: "what is deployed and contains or needs a node, by environment",
    operands: ["KEY"],
    details: [
      "Of a vulnerability: whatever it affects; of a package: any of its versions. With --fail the exit code is 3 where something affected is deployed (in --environment, where that is given), as it is where the node is not known at all: a gate for pipelines.",
    ],
    options: {
      environment: { kind: "list", value: "NAME", help: "only these environments" },
      fail: { kind: "flag", help: "exit code 3 where something affected is deployed, or KEY is unknown" },
      reach: { kind: "integer", min: 1, max: 1_000_000, value: "N", help: "nodes to reach, at most (100000)" },
      ...momentOptions,
    },
    examples: [
      ["graph blast-radius vulnerability/CVE-2026-0001", "where it runs"],
      ["graph blast-radius pkg:npm/left-pad --environment prod --fail", "a gate"],
    ],
  },
  async (session, { operands: [text = ""], values }) => {
    const [key, moment] = [keyText(text), momentOf(values)];
    const { graph } = await session.client.request(showBlastRadius, { ...moment, key, limit: values.reach });
    const { blastRadius: found, ...shown } = graph;
    remarkOn(session, graph);
    if (!found) throw await noSuchNode(session, [key], moment);
    const environments = found.environments.filter(({ environment }) => values.environment?.includes(environment) ?? true);
    const rows = environments.flatMap(({ environment, deployments }) =>
      deployments.map(({ service, artifact, depth, since }) => [environment, service, date(since.at), String(depth), session.output.bold(printable(artifact.key))]),
    );
    const services = environments.reduce((sum, one) => sum + one.count, 0);
    await session.output.result({ ...shown, key, ...found, environments }, () => [
      `${found.truncated ? "at least " : ""}${counted(found.affected, "node")} affected, ${counted(services, "service")} of ${counted(environments.length, "environment")} running them`,
      ...(rows.length === 0 ? [] : ["", ...table([{ title: "ENVIRONMENT" }, { title: "SERVICE" }, { title: "SINCE" }, { title: "LINKS", right: true }, { title: "RUNS" }], rows)]),
    ]);
    return values.fail === true && services > 0 ? exitCodes.refused : exitCodes.ok;
  },
);
