import { command } from "#api/cli/command.ts";
import { exitCodes } from "#api/cli/exit.ts";
import { count, counted, duration } from "#api/cli/format.ts";
import { reasonOption } from "#api/cli/mutation.ts";
import { sourceOption } from "./asked.ts";
import { readFacts } from "./facts-file.ts";
import { recording, sendAll } from "./send-facts.ts";

export const record = command(
  {
    name: "graph record",
    summary: "record nodes and links of files, one JSON object a line",
    operands: ["FILE…"],
    details: [
      'A node: {"key": "sha256:…", "kind": "image", "attributes": {"name": "shop"}}. A link: {"type": "contains", "from": KEY, "to": KEY, "attributes": {…}}. Or one document: {"nodes": […], "links": […]}; - is standard input.',
      "All files are checked before anything is sent, and sent in commands of 1,000. What the source has said already leaves no event: what was interrupted is simply started again. Attributes replace what the same source said before.",
    ],
    options: { source: sourceOption, reason: reasonOption },
    examples: [["graph record facts.ndjson --source ci", "what a build knows"]],
  },
  async (session, { operands: files, values }) => {
    const facts = await readFacts(files);
    const source = values.source ?? "ci";
    const sent = await sendAll(session, "recording", recording(facts, { source, reason: values.reason }));
    const recorded = { source, nodes: facts.nodes.size, links: facts.links.size, ...sent, milliseconds: Math.round(performance.now() - session.started) };
    const what = `${counted(recorded.nodes, "node")} and ${counted(recorded.links, "link")}`;
    await session.output.result(recorded, () => [
      sent.events === 0
        ? `nothing new: ${source} had said all of ${what} already`
        : `${session.output.green("recorded")} what ${source} says of ${what} in ${duration(recorded.milliseconds)}: ${counted(sent.events, "event")}, up to position ${count(sent.position)}`,
    ]);
    return exitCodes.ok;
  },
);
