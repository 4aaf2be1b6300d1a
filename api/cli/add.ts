import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { command } from "./command.ts";
import { concurrently } from "./concurrently.ts";
import { CliError, exitCodes, usageError } from "./exit.ts";
import { bytes, counted, duration, printable } from "./format.ts";
import { asked, publishOptions } from "./mutation.ts";
import type { Done } from "./operations/shared.ts";
import { addTargets, type OfferedTarget, publish } from "./operations/trust.ts";
import { patiently } from "./patience.ts";
import { Progress } from "./progress.ts";
import { awaitPublication, rolesText } from "./publication.ts";
import type { Session } from "./session.ts";
import { type TargetFile, targetFiles } from "./target-files.ts";

const perCommand = 1000;
const uploadsAtOnce = 4;

export const add = command(
  {
    name: "add",
    summary: "store files and make them targets that clients can verify",
    operands: ["NAME", "FILE…"],
    details: [
      "A target is called as the file is, seen from the current folder. Adding the same content again changes nothing; other content under the same path replaces it.",
    ],
    options: {
      recursive: { kind: "flag", short: "r", help: "take all files of folders" },
      prefix: { kind: "text", value: "DIR/", help: "put this in front of every target's path" },
      as: { kind: "text", value: "PATH", help: "the target's path, for a single file" },
      custom: { kind: "text", value: "JSON", help: "an object that is signed with the targets and shown to clients" },
      ...publishOptions,
    },
    examples: [
      ["add demo README.md package.json --wait", "two targets, published"],
      ["add demo -r dist --prefix v1.2/", "every file below dist as v1.2/dist/…"],
      ['add demo build/app.tgz --as app-1.2.tgz --custom \'{"os":"linux"}\'', "another name, and facts about it"],
    ],
  },
  async (session, { operands: [repository = "", ...names], values }) => {
    const custom = values.custom === undefined ? undefined : readObject(values.custom);
    const prefix = values.prefix ?? "";
    const files = await targetFiles(names, { recursive: values.recursive === true, prefix, as: values.as });
    if (files.length === 0) throw usageError("there are no files to add");
    const targets = await upload(session, files, custom);
    const done = await record(session, repository, { targets, publish: values.publish !== false, reason: values.reason });
    const published = values.wait === true && done.task ? await awaitPublication(session, done.task.taskId, repository) : null;
    const milliseconds = Math.round(performance.now() - session.started);
    const document = {
      repository,
      targets,
      events: done.events,
      position: done.receipt.position,
      task: done.task?.taskId ?? null,
      published,
      milliseconds,
    };
    await session.output.result(document, () => {
      const { green, bold } = session.output;
      const what = counted(targets.length, "target");
      if (done.events === 0) return `nothing new: ${targets.length === 1 ? "this target was" : `these ${what} were`} there already`;
      const lines = [`${green("added")} ${what} to ${bold(repository)} (${bytes(targets.reduce((sum, { length }) => sum + length, 0))})`];
      if (published) return [...lines, `${green("published")} ${rolesText(published)} in ${duration(milliseconds)}`];
      return [...lines, done.task ? `publication is task ${done.task.taskId}` : `not published yet: ${session.output.program} publish ${repository}`];
    });
    return exitCodes.ok;
  },
);

const readObject = (text: string): object => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw usageError(`--custom must be a JSON object, not ${JSON.stringify(text)}`, `like this: --custom '{"os":"linux"}'`);
};

const upload = async (session: Session, files: readonly TargetFile[], custom: object | undefined): Promise<OfferedTarget[]> => {
  const total = files.reduce((sum, { length }) => sum + length, 0);
  const many = files.length > 20 || total > 20_000_000;
  using progress = many ? new Progress(session.output, "uploading", files.length) : null;
  const offered = await concurrently(files, uploadsAtOnce, async ({ file, path }) => {
    const hash = createHash("sha256");
    const blob = await session.client.upload(Readable.from(hashed(file, hash), { objectMode: false }));
    if (blob.sha256 !== hash.digest("hex"))
      throw new CliError(exitCodes.failed, `${printable(file)} did not arrive as it was sent`, { hint: "try again" });
    progress?.advance(1);
    return { path, length: blob.length, sha256: blob.sha256, custom };
  });
  return offered;
};

async function* hashed(file: string, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  const content: AsyncIterable<Buffer> = createReadStream(file);
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}

interface Recording {
  readonly targets: readonly OfferedTarget[];
  readonly publish: boolean;
  readonly reason: string | undefined;
}

/** One command where that suffices; else many without publication, and one publication for all of them. */
const record = async (
  session: Session,
  repository: string,
  { targets, publish: wanted, reason }: Recording,
): Promise<Done & { events: number }> => {
  const { client } = session;
  const single = targets.length <= perCommand;
  let events = 0;
  let last: Done | null = null;
  for (let start = 0; start < targets.length; start += perCommand) {
    const input = { repository, targets: targets.slice(start, start + perCommand), publish: wanted && single, ...asked(reason) };
    last = (await patiently(session, () => client.request(addTargets, { input }))).addTargets;
    events += last.receipt.eventIds.length;
  }
  if (!single && wanted) last = (await client.request(publish, { input: { repository, ...asked(reason) } })).publish;
  if (!last) throw new Error("a command without targets");
  return { ...last, events };
};
