import { command } from "#api/cli/command.ts";
import { CliError, exitCodes, usageError } from "#api/cli/exit.ts";
import { counted } from "#api/cli/format.ts";
import { factLines } from "#api/cli/graph/fact-lines.ts";
import type { Event } from "#api/cli/operations/audit.ts";
import { explainFacts } from "#api/cli/operations/graph-queries.ts";
import type { Session } from "#api/cli/session.ts";
import { eventLines } from "./event-lines.ts";
import { ofRepository, ofTarget, ofUuid } from "./explained-streams.ts";

export const explain = command(
  {
    name: "audit explain",
    summary: "the events behind a node, a link, a target, a repository, a task or a token",
    operands: ["KEY…"],
    details: [
      "KEY is a key of the artifact graph (a package URL, sha256:…, git+https://…@<commit>, environment/prod), the name of a repository, or the id of a task, a token or a webhook.",
      "With --link, two keys: the node that it leads from, and the one that it leads to. With --target, a repository and a path.",
    ],
    options: {
      link: { kind: "text", value: "TYPE", help: "a link of this type: depends-on, contains, published-in …" },
      target: { kind: "flag", help: "a target of a repository" },
      limit: { kind: "integer", min: 1, max: 1000, short: "n", value: "N", help: "facts or events at most (200)" },
    },
    examples: [
      ["audit explain pkg:deb/debian/openssl@3.0.15", "who said what of it, and when"],
      ["audit explain --link depends-on pkg:npm/a@1.0.0 pkg:npm/b", "why is there this link?"],
      ["audit explain --target demo README.md", "when it was added, replaced, removed"],
    ],
  },
  async (session, { operands, values: { link, target = false, limit = 200 } }) => {
    if (link !== undefined && target) throw usageError("--link and --target do not go together");
    if (link !== undefined) return ofGraph(session, { link: linkOf(link, pair(operands, "--link needs two keys: FROM TO")) }, limit);
    if (target) return told(session, await ofTarget(session, pair(operands, "--target needs a repository and a path"), limit));
    for (const key of operands) await explained(session, key, limit);
    return exitCodes.ok;
  },
);

const explained = async (session: Session, key: string, limit: number): Promise<number> => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(key)) return told(session, await ofUuid(session, key.toLowerCase(), limit));
  if (/^[a-z][a-z0-9_-]{0,62}$/.test(key)) return told(session, await ofRepository(session, key, limit));
  return ofGraph(session, { node: key }, limit);
};

const pair = (operands: readonly string[], message: string): readonly [string, string] => {
  const [first, second] = operands;
  if (first === undefined || second === undefined || operands.length > 2) throw usageError(message);
  return [first, second];
};

const linkOf = (type: string, [from, to]: readonly [string, string]) => ({ type: type.toUpperCase().replaceAll("-", "_"), from, to });

const ofGraph = async ({ client, output }: Session, asked: { node?: string; link?: ReturnType<typeof linkOf> }, limit: number): Promise<number> => {
  const { explain: found } = (await client.request(explainFacts, { ...asked, limit })).graph;
  if (found.facts.length === 0) throw new CliError(exitCodes.refused, "nothing was ever said of it", { hint: "is the key spelt as in the graph?" });
  await output.result({ ...asked, ...found }, () => [
    ...found.facts.flatMap((fact) => factLines(output, fact)),
    ...(found.truncated ? [output.yellow("and more (--limit)")] : []),
  ]);
  return exitCodes.ok;
};

const told = async ({ output }: Session, { what, events, more }: { readonly what: string; readonly events: readonly Event[]; readonly more: boolean }): Promise<number> => {
  if (events.length === 0) throw new CliError(exitCodes.refused, `there is nothing about ${what}`);
  await output.result({ what, events, more }, () => [
    `${what}: ${counted(events.length, "event")}${more ? ", the newest (--limit)" : ""}`,
    ...events.flatMap((event) => eventLines(output, event)),
  ]);
  return exitCodes.ok;
};
