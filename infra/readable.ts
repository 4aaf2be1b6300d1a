import { setTimeout as sleep } from "node:timers/promises";
import type { ReadModels } from "#projections/kernel/watch.ts";

const lookMs = 10;

/** Resolves when every read model can be read (they may be far behind), or when the signal aborts. */
export const whenReadable = async ({ unready }: Pick<ReadModels, "unready">, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && unready().length > 0) await sleep(lookMs);
};
