import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { CannotStart } from "#infra/cannot-start.ts";

const patienceMs = 300_000;

/** Does the work while no other process does work in the folder; the lock is the system's and ends with its process. */
export const alone = async (folder: string, work: () => Promise<void>): Promise<void> => {
  const lock = new DatabaseSync(join(folder, "lock"));
  try {
    await taken(lock, folder);
    await work();
  } finally {
    lock.close();
  }
};

const taken = async (lock: DatabaseSync, folder: string): Promise<void> => {
  const deadline = performance.now() + patienceMs;
  for (;;)
    try {
      return lock.exec("pragma locking_mode = exclusive; begin exclusive");
    } catch (cause) {
      if (performance.now() > deadline) throw new CannotStart(`another command has held ${folder} for ${patienceMs / 60_000} minutes`, { cause });
      await setTimeout(100);
    }
};
