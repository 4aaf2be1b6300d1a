import { command } from "#api/cli/command.ts";
import { exitCodes, usageError } from "#api/cli/exit.ts";
import { asked, reasonOption } from "#api/cli/mutation.ts";
import { recordDeployment } from "#api/cli/operations/graph.ts";
import { patiently } from "#api/cli/patience.ts";
import { keyText, sourceOption } from "./asked.ts";

export const deploy = command(
  {
    name: "graph deploy",
    summary: "say what a service of an environment runs from now on",
    operands: ["ENVIRONMENT", "SERVICE", "[KEY]"],
    details: ["It replaces what ran there before. The same again leaves no event."],
    options: { stop: { kind: "flag", help: "instead of KEY: nothing runs there any more" }, source: sourceOption, reason: reasonOption },
    examples: [
      ["graph deploy prod shop sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 --source ci", "an image went live"],
      ["graph deploy prod shop --stop", "and went away"],
    ],
  },
  async (session, { operands: [environment = "", service = "", text], values }) => {
    if ((text === undefined) !== (values.stop === true)) throw usageError(text === undefined ? "KEY is missing" : "--stop takes no KEY", "what runs from now on, or --stop");
    const artifact = text === undefined ? null : keyText(text);
    const input = { environment, source: values.source ?? "ci", deployments: [{ service, artifact }], ...asked(values.reason) };
    const { receipt } = (await patiently(session, () => session.client.request(recordDeployment, { input }))).recordDeployment;
    const { bold, green } = session.output;
    const news = receipt.eventIds.length > 0;
    await session.output.result({ environment, service, artifact, position: receipt.position, events: receipt.eventIds.length }, () => {
      if (!news) return `nothing new: ${service} of ${environment} runs ${artifact ?? "nothing"} already`;
      return artifact === null ? `${green("stopped")} ${bold(service)} of ${environment}` : `${green("deployed")} ${artifact} as ${bold(service)} of ${environment}`;
    });
    return exitCodes.ok;
  },
);
