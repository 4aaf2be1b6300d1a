import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isRefusal } from "#domain/kernel/decider.ts";
import { openDocument } from "#domain/graph/intake/read-document.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { IndexError } from "#api/cli/import/index-error.ts";
import { loadVersions, type Prepared } from "#api/cli/import/load-index.ts";

/** A document that the server is to read; what is in it was looked at before. */
export interface DocumentFile {
  /** `out/sbom.json`, `all.intoto.jsonl, line 3`. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** An npm lock or a Debian index, in commands. */
export interface IndexFile {
  readonly name: string;
  readonly versions: number;
  readonly commands: readonly Prepared[];
}

export interface Files {
  readonly documents: readonly DocumentFile[];
  readonly indexes: readonly IndexFile[];
}

interface Asked {
  readonly reason: string | undefined;
}

/** Files of any format that is read here, folders with whatever JSON is in them. Whatever is wrong with one is told before anything is sent. */
export const readFiles = async (operands: readonly string[], asked: Asked): Promise<Files> => {
  const documents: DocumentFile[] = [];
  const indexes: IndexFile[] = [];
  for (const file of (await Promise.all(operands.map(filesIn))).flat()) {
    const bytes = await firstBytes(file);
    const kind = kindOf(file, bytes);
    if (kind === "document") for (const one of documentsIn(file, await readFile(file))) documents.push(checked(one));
    else indexes.push(await indexIn(kind, file, asked));
  }
  return { documents, indexes };
};

const filesIn = async (operand: string): Promise<string[]> => {
  const found = await stat(operand).catch((cause: unknown) => {
    throw new CliError(exitCodes.usage, `there is no file ${operand}`, { cause });
  });
  if (!found.isDirectory()) return [operand];
  const names = await readdir(operand, { recursive: true });
  return names.filter((name) => /\.(json|jsonl|sigstore)$/.test(name)).sort().map((name) => join(operand, name));
};

const firstBytes = async (file: string): Promise<Buffer> => {
  try {
    const bytes = await readFile(file);
    return bytes.subarray(0, 4096);
  } catch (cause) {
    throw new CliError(exitCodes.usage, `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
};

/** Indexes are told by how they begin; a lock by its name too, since what tells it may stand anywhere. */
const kindOf = (file: string, start: Buffer): "document" | "deb" | "npm" => {
  const text = start.toString("latin1").trimStart();
  if (text.startsWith("{") || text.startsWith("[")) return /"lockfileVersion"\s*:/.test(text) || /(^|[/\\])(package-lock|npm-shrinkwrap)\.json$/.test(file) ? "npm" : "document";
  const compressed = ["1f8b", "fd377a58", "04224d18", "28b52ffd"].some((magic) => start.toString("hex").startsWith(magic));
  return compressed || /^[A-Z][\w-]*: /.test(text) ? "deb" : "document";
};

const indexIn = async (kind: "deb" | "npm", file: string, { reason }: Asked): Promise<IndexFile> => {
  try {
    return { name: file, ...(await loadVersions({ kind, file, source: basename(file), reason })) };
  } catch (cause) {
    throw cause instanceof IndexError ? new CliError(exitCodes.usage, cause.message, { hint: "nothing was sent; mend the file or fetch it again", cause }) : cause;
  }
};

/** One document; or one a line, as bundles of attestations are (https://github.com/in-toto/attestation/blob/main/spec/v1/bundle.md). */
const documentsIn = (file: string, bytes: Buffer): DocumentFile[] => {
  const lines = file.endsWith(".jsonl") ? bytes.toString("latin1").split("\n") : [];
  if (lines.length === 0) return [{ name: file, bytes }];
  return lines.flatMap((line, index) => (line.trim() === "" ? [] : [{ name: `${file}, line ${index + 1}`, bytes: Buffer.from(line.replace(/\r$/, ""), "latin1") }]));
};

const checked = (file: DocumentFile): DocumentFile => {
  const opened = openDocument(file.bytes);
  if (isRefusal(opened)) throw new CliError(exitCodes.usage, `${file.name}: ${opened.message} (${opened.refused})`, { hint: "nothing was sent" });
  return file;
};
