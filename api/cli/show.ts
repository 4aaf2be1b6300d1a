import { command } from "./command.ts";
import { CliError, exitCodes } from "./exit.ts";
import { bytes, count, counted, duration, printable, time } from "./format.ts";
import { listTargets, showRepository, showTarget } from "./operations/trust.ts";
import { pages } from "./pages.ts";
import type { Session } from "./session.ts";
import { card, table } from "./table.ts";

export const show = command(
  {
    name: "show",
    summary: "a repository, its targets, or one target",
    operands: ["NAME", "[PATH]"],
    options: {
      targets: { kind: "flag", help: "list targets" },
      prefix: { kind: "text", value: "DIR/", help: "only targets whose path begins so" },
      limit: { kind: "integer", min: 1, max: 1_000_000, value: "N", help: "list at most so many (50)" },
    },
    examples: [
      ["show demo", "settings, versions, how many targets"],
      ["show demo README.md", "one target"],
      ["show demo --targets --prefix pool/main/b/ --limit 10", "some of many"],
    ],
  },
  async (session, { operands: [name = "", path], values }) => {
    if (path !== undefined) return showOne(session, name, path);
    if (values.targets === true || values.prefix !== undefined || values.limit !== undefined)
      return showTargets(session, name, { prefix: values.prefix, limit: values.limit ?? 50 });
    return showCard(session, name);
  },
);

const noRepository = (name: string) =>
  new CliError(exitCodes.refused, `there is no repository ${JSON.stringify(name)} (REPOSITORY_NOT_FOUND)`, {
    hint: "see which there are: waybill list",
  });

const showOne = async ({ client, output }: Session, name: string, path: string): Promise<number> => {
  const { repository, target } = await client.request(showTarget, { repository: name, path });
  if (!repository) throw noRepository(name);
  if (!target)
    throw new CliError(exitCodes.refused, `${name} has no target ${JSON.stringify(path)} (TARGET_NOT_FOUND)`, {
      hint: `see which there are: waybill show ${name} --targets`,
    });
  await output.result(target, () =>
    card([
      ["target", output.bold(printable(target.path))],
      ["length", `${count(target.length)} bytes`],
      ["sha256", target.sha256],
      ["bin", String(target.bin)],
      ["added", time(target.addedAt)],
      ["published", target.published ? output.green("yes") : output.yellow(`not yet: ${output.program} publish ${name}`)],
      ...(target.custom === null || target.custom === undefined ? [] : [["custom", printable(JSON.stringify(target.custom))] as const]),
    ]),
  );
  return exitCodes.ok;
};

interface Listing {
  readonly prefix: string | undefined;
  readonly limit: number;
}

const showTargets = async ({ client, output }: Session, repository: string, { prefix, limit }: Listing): Promise<number> => {
  let left = limit;
  const ask = async (after: string | null) =>
    (await client.request(listTargets, { repository, prefix, first: Math.min(left, 500), after })).targets;
  for await (const { nodes, more } of pages(ask)) {
    for (const target of nodes)
      await output.result(
        target,
        () =>
          `${target.published ? " " : "*"} ${bytes(target.length).padStart(8)}  ${target.sha256.slice(0, 12)}  ${printable(target.path)}`,
      );
    left -= nodes.length;
    if (nodes.some(({ published }) => !published)) output.note(output.dim(`* is not published yet: ${output.program} publish ${repository}`));
    if (left > 0) continue;
    if (more) output.note(output.dim("there are more: --limit N, --prefix DIR/"));
    break;
  }
  return exitCodes.ok;
};

const showCard = async ({ client, output }: Session, name: string): Promise<number> => {
  const { repository } = await client.request(showRepository, { name });
  if (!repository) throw noRepository(name);
  const bins = repository.roles.filter(({ role }) => role.startsWith("bins-"));
  const top = ["root", "timestamp", "snapshot", "targets"].flatMap((role) => repository.roles.filter((one) => one.role === role));
  await output.result({ ...repository, metadataUrl: new URL(`tuf/${name}/metadata/`, client.url).href }, () => [
    ...card([
      ["repository", output.bold(repository.name)],
      [
        "targets",
        count(repository.targetCount) + (repository.pending ? output.yellow(`  some are not published yet: ${output.program} publish ${name}`) : ""),
      ],
      ["bins", `${repository.bins}, ${repository.binForm.toLowerCase()}`],
      ["made", time(repository.establishedAt)],
      ["published", time(repository.publishedAt)],
      ["metadata", new URL(`tuf/${name}/metadata/`, client.url).href],
    ]),
    "",
    ...table(
      [{ title: "ROLE" }, { title: "VERSION", right: true }, { title: "EXPIRES" }, { title: "LIFE" }],
      [
        ...top.map(({ role, version, expires }) => [role, String(version), time(expires), life(repository.expires[role])]),
        ...(bins.length > 0
          ? [
              [
                `bins (${bins.length})`,
                versionRange(bins),
                `from ${time(bins.map(({ expires }) => expires).toSorted()[0] ?? null)}`,
                life(repository.expires["bins"]),
              ],
            ]
          : []),
      ],
    ),
  ]);
  return exitCodes.ok;
};

const versionRange = (roles: readonly { readonly version: number }[]): string => {
  const versions = roles.map(({ version }) => version);
  const [least, most] = [Math.min(...versions), Math.max(...versions)];
  return least === most ? String(least) : `${least}–${most}`;
};

const life = (seconds: number | undefined): string =>
  seconds === undefined ? "–" : seconds < 86_400 ? duration(seconds * 1000) : counted(Math.round(seconds / 86_400), "day");
