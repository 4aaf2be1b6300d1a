import { setFlagsFromString } from "node:v8";
import { command } from "./command.ts";
import { concurrently } from "./concurrently.ts";
import { CliError, exitCodes, usageError } from "./exit.ts";
import { count, counted, duration } from "./format.ts";
import { IndexError } from "./import/index-error.ts";
import { type Loaded, loadIndex, type Source } from "./import/load-index.ts";
import { asked, reasonOption } from "./mutation.ts";
import { countTargets, publish } from "./operations.ts";
import { patiently } from "./patience.ts";
import { Progress } from "./progress.ts";
import { awaitPublication, type Published, rolesText } from "./publication.ts";
import type { Session } from "./session.ts";

/** Commands under way at once: the server groups their appends; more than this brought nothing. */
const commandsAtOnce = 4;

export const importCommand = command(
  {
    name: "import",
    summary: "take over a Debian package index or an npm lock",
    operands: ["NAME"],
    details: [
      "--debian-index: a Packages file, plain or compressed by gzip, xz, lz4 or zstd. Each entry becomes a target (Filename, Size, SHA256), and each package version is recorded with its Depends and Pre-Depends.",
      "--npm-lock: a package-lock.json of version 2 or 3. Each package version is recorded with its dependencies and integrity; no targets, since npm locks neither size nor SHA-256.",
      "The file is checked as a whole before anything is sent. What is there already is not recorded again: an import that was interrupted is simply started again.",
    ],
    options: {
      "debian-index": { kind: "text", value: "FILE", help: "on Debian below /var/lib/apt/lists" },
      "npm-lock": { kind: "text", value: "FILE", help: "package-lock.json" },
      source: { kind: "text", value: "TEXT", help: "what events name as the source (the file's name)" },
      batch: { kind: "integer", min: 1, max: 1000, value: "N", help: "entries of a command (1000)" },
      publish: { kind: "flag", help: "--no-publish: only record it; publish later" },
      reason: reasonOption,
    },
    examples: [
      ["import demo --debian-index /var/lib/apt/lists/*_bookworm_main_*_Packages.lz4", "63,440 packages"],
      ["import demo --npm-lock package-lock.json", "what this project depends on"],
    ],
  },
  async (session, { operands: [repository = ""], values }) => {
    const { "debian-index": debianIndex, "npm-lock": npmLock } = values;
    const file = debianIndex ?? npmLock;
    if (file === undefined || (debianIndex !== undefined && npmLock !== undefined)) throw usageError("say what to import: --debian-index FILE or --npm-lock FILE");
    const source = {
      kind: debianIndex === undefined ? ("npm" as const) : ("deb" as const),
      file,
      source: values.source ?? file.split("/").at(-1) ?? file,
      repository,
      reason: values.reason,
      batch: values.batch ?? 1000,
    };
    const loaded = await load(session, source);
    const before = await targetsOf(session, repository);
    const events = await send(session, loaded);
    const published = values.publish === false ? null : await publishAll(session, source);
    const after = await targetsOf(session, repository, events.position);
    const milliseconds = Math.round(performance.now() - session.started);
    const { targets, versions } = loaded;
    const document = { repository, source: source.source, targets, versions, events: events.recorded, targetsBefore: before, targetsAfter: after, published, milliseconds };
    await session.output.result(document, () => summary(session, document, values.publish !== false));
    return exitCodes.ok;
  },
);

const load = async (session: Session, source: Source): Promise<Loaded> => {
  // Reading leaves much behind that is dead at once; a small nursery is swept often and keeps the process 50 MB smaller.
  setFlagsFromString("--semi-space-growth-factor=1");
  const start = performance.now();
  const loaded = await loadIndex(source).catch((cause: unknown) => {
    if (cause instanceof IndexError) throw new CliError(exitCodes.usage, cause.message, { hint: "nothing was sent; mend the file or fetch it again", cause });
    if (cause instanceof Error && "syscall" in cause) throw new CliError(exitCodes.usage, `cannot read ${source.file}: ${cause.message}`, { cause });
    throw cause;
  });
  const { targets, versions } = loaded;
  const what = targets > 0 ? `${counted(targets, "target")} and ${counted(versions, "package version")}` : counted(versions, "package version");
  session.output.note(`read ${what} in ${duration(performance.now() - start)}`);
  return loaded;
};

const targetsOf = async ({ client }: Session, name: string, after?: number): Promise<number> => {
  const { repository } = await client.request(countTargets, { name, after });
  if (!repository) throw new CliError(exitCodes.refused, `there is no repository ${JSON.stringify(name)} (REPOSITORY_NOT_FOUND)`, { hint: `make it: waybill init ${name}` });
  return repository.targetCount;
};

/** How many events the commands brought about, and the position of the last. */
const send = async (session: Session, { targets, versions, commands }: Loaded): Promise<{ recorded: number; position: number }> => {
  using progress = new Progress(session.output, "importing", targets + versions);
  const receipts = await concurrently(commands, commandsAtOnce, async ({ entries, command }) => {
    const { receipt } = await patiently(session, () => session.client.send(command));
    progress.advance(entries);
    return receipt;
  });
  return {
    recorded: receipts.reduce((sum, { eventIds }) => sum + eventIds.length, 0),
    position: Math.max(0, ...receipts.map(({ position }) => position)),
  };
};

const publishAll = async (session: Session, { repository, reason }: Source): Promise<Published | null> => {
  const input = { repository, ...asked(reason) };
  const { task } = (await patiently(session, () => session.client.request(publish, { input }))).publish;
  if (!task) return null;
  if (session.output.progress?.live === true) session.output.note("publishing…");
  return awaitPublication(session, task.taskId, repository);
};

interface Summary {
  readonly repository: string;
  readonly targets: number;
  readonly versions: number;
  readonly events: number;
  readonly targetsBefore: number;
  readonly targetsAfter: number;
  readonly published: Published | null;
  readonly milliseconds: number;
}

const summary = ({ output }: Session, { repository, targets, versions, events, targetsBefore, targetsAfter, published, milliseconds }: Summary, wanted: boolean): string[] => {
  const all = targets > 0 ? `all ${counted(targets, "target")} and ${counted(versions, "package version")}` : `all ${counted(versions, "package version")}`;
  const visible = published ? [`${output.green("published")} ${rolesText(published)}`] : [];
  const pending = !wanted && targets > 0 && events > 0 ? [`not published yet: waybill publish ${repository}`] : [];
  if (events === 0) return [`nothing new: ${all} were there already (${duration(milliseconds)})`, ...visible];
  const added = targets > 0 ? [`targets   ${count(targetsBefore)} before, ${count(targetsAfter)} now`] : ["no targets: npm locks neither size nor SHA-256 of files"];
  return [`${output.green("imported")} ${all.slice(4)} into ${output.bold(repository)} in ${duration(milliseconds)} (${counted(events, "event")})`, ...added, ...visible, ...pending];
};
