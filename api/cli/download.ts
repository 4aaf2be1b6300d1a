import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { command } from "./command.ts";
import { CliError, exitCodes, usageError } from "./exit.ts";
import { count, printable } from "./format.ts";
import type { Session } from "./session.ts";
import { firstRoot } from "./first-root.ts";
import { TrustStore } from "./trust-store.ts";
import { fetchVerified } from "./tuf-client.ts";

export const download = command(
  {
    name: "download",
    summary: "fetch a target and verify it, as any TUF client would",
    operands: ["NAME", "PATH"],
    details: [
      "Needs no token. The first download from a repository trusts its first root (or the one given with --root); every later one verifies from there and notices rollbacks. The file is written when it is verified, in one step; else nothing is (exit code 6).",
    ],
    options: {
      output: { kind: "text", short: "o", value: "FILE|DIR", help: "where to; - is standard output (./ and the target's name)" },
      root: { kind: "text", value: "FILE", help: "a root.json to trust, from a source that you trust" },
      "trust-dir": { kind: "text", value: "DIR", help: "where trust is remembered (~/.local/share/waybill/trust)" },
    },
    examples: [
      ["download demo README.md -o out", "into the file out, or the folder out"],
      ["download demo app.tgz -o - --root root.json | tar xz", "with a root that was pinned beforehand"],
    ],
  },
  async (session, { operands: [repository = "", path = ""], values }) => {
    const store = new TrustStore(values["trust-dir"] ?? session.config.trust, session.client.url, repository);
    const toStdout = values.output === "-";
    const destination = toStdout ? join(tmpdir(), "waybill") : await destinationOf(path, values.output);
    const partial = `${destination}.${randomUUID()}.partial`;
    const first = (await store.root()) === null;
    const root = values.root === undefined ? (first ? await firstRoot(session, repository) : null) : await givenRoot(values.root);
    try {
      const at = (kind: string) => new URL(`tuf/${encodeURIComponent(repository)}/${kind}`, session.client.url).href;
      const verified = await fetchVerified(store, { metadataUrl: at("metadata"), targetsUrl: at("targets"), path, file: partial, root });
      if (toStdout) await session.output.bytes(createReadStream(partial));
      else await rename(partial, destination);
      const trusted = { trust: store.folder, firstUse: first, pinned: values.root !== undefined };
      await report(session, { path, file: toStdout ? null : destination, ...verified, ...trusted });
    } finally {
      await rm(partial, { force: true });
    }
    return exitCodes.ok;
  },
);

const destinationOf = async (path: string, output: string | undefined): Promise<string> => {
  const name = basename(path);
  if (output === undefined && (await kindOf(name)) !== null) throw usageError(`${name} is already in this folder`, "say where to: -o FILE");
  if (output === undefined) return name;
  const kind = await kindOf(output);
  const destination = kind === "folder" ? join(output, name) : output;
  if (kind !== "folder" && output.endsWith("/")) throw usageError(`there is no folder ${output}`);
  if ((await kindOf(dirname(destination))) !== "folder") throw usageError(`there is no folder ${dirname(destination)}`);
  return destination;
};

const kindOf = async (file: string): Promise<"folder" | "file" | null> =>
  stat(file).then(
    (found) => (found.isDirectory() ? "folder" : "file"),
    () => null,
  );

const givenRoot = async (file: string): Promise<Buffer> =>
  readFile(file).catch((cause: unknown) => {
    throw new CliError(exitCodes.usage, `cannot read the root in ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });

interface Report {
  readonly path: string;
  readonly file: string | null;
  readonly length: number;
  readonly sha256: string;
  readonly roles: readonly { readonly role: string; readonly version: number }[];
  readonly trust: string;
  readonly firstUse: boolean;
  readonly pinned: boolean;
}

const report = async ({ output }: Session, document: Report): Promise<void> => {
  const { path, file, length, sha256, roles, trust, firstUse, pinned } = document;
  const lines = [
    `${output.green("verified")} ${output.bold(printable(path))} (${count(length)} bytes)${file === null ? "" : ` in ${file}`}`,
    `sha256    ${sha256}`,
    `metadata  ${roles.map(({ role, version }) => `${role} v${version}`).join(", ")}`,
  ];
  if (file === null) for (const line of lines) output.note(line);
  else await output.result(document, () => lines);
  if (firstUse && !pinned && !output.json) output.note(output.dim(`first use: its root is trusted from now on, in ${trust}`));
};
