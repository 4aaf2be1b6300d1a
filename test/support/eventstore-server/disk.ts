import { open, readFile } from "node:fs/promises";
import { recordsIn, type StoredRecord } from "./record.ts";

export interface Disk {
  readonly records: readonly StoredRecord[];
  /** Where the next line begins. */
  readonly end: () => number;
  /** Resolves when the lines survive kill -9 and a power cut. */
  readonly write: (lines: readonly Buffer[]) => Promise<void>;
}

/** The log in one file that only grows. Half an append at its end is cut off. */
export const openDisk = async (path: string): Promise<Disk> => {
  const handle = await open(path, "a+");
  const found = recordsIn(await readFile(path));
  await handle.truncate(found.end);
  let end = found.end;
  const write = async (lines: readonly Buffer[]) => {
    await handle.appendFile(Buffer.concat(lines));
    await handle.datasync();
    end += lines.reduce((sum, line) => sum + line.length, 0);
  };
  return { records: found.records, end: () => end, write };
};
