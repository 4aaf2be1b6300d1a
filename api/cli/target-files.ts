import { lstat, readdir, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { TargetPath } from "#domain/trust/target.ts";
import { CliError, exitCodes, usageError } from "./exit.ts";
import { printable } from "./format.ts";

/** A file of this machine, and the target it is to be. */
export interface TargetFile {
  readonly file: string;
  readonly path: string;
  readonly length: number;
}

export interface FileChoice {
  readonly recursive: boolean;
  /** In front of every path. */
  readonly prefix: string;
  /** The path of the only file. */
  readonly as: string | undefined;
}

/** The files that were named, with their targets' paths; throws before anything is sent where one cannot be a target. */
export const targetFiles = async (operands: readonly string[], { recursive, prefix, as }: FileChoice): Promise<TargetFile[]> => {
  const files = (await Promise.all(operands.map((operand) => expand(operand, recursive)))).flat();
  if (as !== undefined && files.length !== 1) throw usageError(`--as names one target, but there are ${files.length} files`);
  const targets = new Map<string, TargetFile>();
  for (const { file, length } of files) {
    const path = prefix + (as ?? ownPath(file));
    const problem = TargetPath.safeParse(path).error?.issues[0]?.message;
    if (problem !== undefined)
      throw usageError(`${printable(file)}: its path as a target, ${JSON.stringify(path)}, ${problem}`, "give it another: --as PATH");
    const other = targets.get(path);
    if (other && resolve(other.file) !== resolve(file)) throw usageError(`${file} and ${other.file} would both be the target ${path}`);
    targets.set(path, { file, path, length });
  }
  return [...targets.values()];
};

const ownPath = (file: string): string => {
  const path = relative(process.cwd(), resolve(file));
  if (path === ".." || path.startsWith(`..${sep}`))
    throw usageError(`${file} is outside of this folder`, "name the target: --as PATH; or go to its folder first");
  return path.replaceAll(sep, "/");
};

interface Found {
  readonly file: string;
  readonly length: number;
}

const expand = async (file: string, recursive: boolean): Promise<Found[]> => {
  const found = await stat(file).catch((cause: unknown) => {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new CliError(exitCodes.usage, missing ? `there is no file ${file}` : `cannot read ${file}: ${String(cause)}`, { cause });
  });
  if (found.isFile()) return [{ file, length: found.size }];
  if (!found.isDirectory()) throw usageError(`${file} is neither a file nor a folder`);
  if (!recursive) throw usageError(`${file} is a folder`, "add -r to take all files in it");
  return filesIn(file);
};

const filesIn = async (folder: string): Promise<Found[]> => {
  const names = (await readdir(folder)).toSorted();
  const found = await Promise.all(names.map((name) => oneOf(join(folder, name))));
  return found.flat();
};

// Links to files are followed; links to folders are not, they may lead round in circles.
const oneOf = async (file: string): Promise<Found[]> => {
  const entry = await lstat(file);
  if (entry.isDirectory()) return filesIn(file);
  const content = entry.isSymbolicLink() ? await stat(file) : entry;
  return content.isFile() ? [{ file, length: content.size }] : [];
};
