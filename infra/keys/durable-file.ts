import { randomUUID } from "node:crypto";
import { link, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";

const mode = 0o600;

/** Writes a private file (0600) so that a power cut leaves the old one or the new one, never a torn one. */
export const writePrivateFile = async (path: string, content: string): Promise<void> => {
  const temporary = await temporaryFile(path, content);
  await rename(temporary, path);
  await syncFolder(dirname(path));
};

/** The same, unless the file is there already: false, and nothing changed. Two processes at once: one of them wins. */
export const createPrivateFile = async (path: string, content: string): Promise<boolean> => {
  const temporary = await temporaryFile(path, content);
  try {
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
  await syncFolder(dirname(path));
  return true;
};

/** `ENOENT` and the like; undefined for what is no system error. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

const temporaryFile = async (path: string, content: string): Promise<string> => {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await using file = await open(temporary, "wx", mode);
  await file.writeFile(content);
  await file.sync();
  return temporary;
};

const syncFolder = async (folder: string): Promise<void> => {
  await using handle = await open(folder, "r");
  await handle.sync();
};
