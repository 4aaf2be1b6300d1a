import { basename } from "node:path";
import { setFlagsFromString } from "node:v8";
import { command } from "./command.ts";
import { concurrently } from "./concurrently.ts";
import { CliError, exitCodes, usageError } from "./exit.ts";
import { duration } from "./format.ts";
import { IndexError } from "./import/index-error.ts";
import { type Loaded, loadIndex, type Prepared, type Source } from "./import/load-index.ts";
import { entriesText, summary } from "./import/summary.ts";
import { asked, reasonOption } from "./mutation.ts";
import { countTargets, publish } from "./operations/trust.ts";
import { patiently } from "./patience.ts";
import { Progress } from "./progress.ts";
import { awaitPublication, type Published } from "./publication.ts";
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
    const source = { ...sourceOf(values), repository, reason: values.reason, batch: values.batch ?? 1000 };
    const loaded = await load(session, source);
    const before = await targetsOf(session, repository);
    const sent = await send(session, loaded);
    const published = values.publish === false ? null : await publishAll(session, source);
    const imported = {
      repository,
      source: source.source,
      targets: loaded.targets,
      versions: loaded.versions,
      events: sent.recorded,
      targetsBefore: before,
      targetsAfter: await targetsOf(session, repository, sent.position),
      published,
      milliseconds: Math.round(performance.now() - session.started),
    };
    await session.output.result(imported, () => summary(session.output, imported, values.publish !== false));
    return exitCodes.ok;
  },
);

interface Files {
  readonly "debian-index"?: string | undefined;
  readonly "npm-lock"?: string | undefined;
  readonly source?: string | undefined;
}

const sourceOf = ({ "debian-index": debianIndex, "npm-lock": npmLock, source }: Files): Pick<Source, "kind" | "file" | "source"> => {
  const file = debianIndex ?? npmLock;
  if (file === undefined || (debianIndex !== undefined && npmLock !== undefined))
    throw usageError("say what to import: --debian-index FILE or --npm-lock FILE");
  return { kind: debianIndex === undefined ? "npm" : "deb", file, source: source ?? basename(file) };
};

const load = async (session: Session, source: Source): Promise<Loaded> => {
  // Reading leaves much behind that is dead at once; a small nursery is swept often and keeps the process 50 MB smaller.
  setFlagsFromString("--semi-space-growth-factor=1");
  const start = performance.now();
  const loaded = await loadIndex(source).catch((cause: unknown) => {
    if (cause instanceof IndexError)
      throw new CliError(exitCodes.usage, cause.message, { hint: "nothing was sent; mend the file or fetch it again", cause });
    if (cause instanceof Error && "syscall" in cause)
      throw new CliError(exitCodes.usage, "code" in cause && cause.code === "ENOENT" ? `there is no file ${source.file}` : `cannot read ${source.file}: ${cause.message}`, { cause });
    throw cause;
  });
  session.output.note(`read ${entriesText(loaded)} in ${duration(performance.now() - start)}`);
  return loaded;
};

const targetsOf = async ({ client }: Session, name: string, after?: number): Promise<number> => {
  const { repository } = await client.request(countTargets, { name, after });
  if (!repository)
    throw new CliError(exitCodes.refused, `there is no repository ${JSON.stringify(name)} (REPOSITORY_NOT_FOUND)`, {
      hint: `make it: waybill init ${name}`,
    });
  return repository.targetCount;
};

/** How many events the commands brought about, and the position of the last. */
const send = async (session: Session, { targets, versions, commands }: Loaded): Promise<{ recorded: number; position: number }> => {
  using progress = new Progress(session.output, "importing", targets + versions);
  const sendOne = async ({ items, command }: Prepared) => {
    const { receipt } = await patiently(session, () => session.client.send(command));
    progress.advance(items);
    return receipt;
  };
  const receipts = await concurrently(commands, commandsAtOnce, sendOne).catch((cause: unknown) => {
    const hint = "the same command again adds only what is missing";
    throw session.signal.aborted ? new CliError(exitCodes.interrupted, "interrupted", { hint, cause }) : cause;
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
