import { setTimeout as sleep } from "node:timers/promises";
import type { EventLog } from "#commands/ports/event-log.ts";
import { patiently } from "#projections/kernel/pause.ts";
import type { ReadModels } from "#projections/kernel/watch.ts";

const lookMs = 10;

/** Resolves when every read model can be read (they may be far behind), or when the signal aborts. */
export const whenReadable = async ({ unready }: Pick<ReadModels, "unready">, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && unready().length > 0) await sleep(lookMs);
};

/** Whether this process can do its work: `/readyz` and the greeting. */
export interface Start {
  /** What it waits for, in words for a person; none: it is ready. */
  readonly missing: () => readonly string[];
  readonly ready: Promise<void>;
}

const patienceMs = 100;

/**
 * A start is over when every read model has everything that was in the log when it began, tokens among it; one that is stopped by a
 * poison event is not waited for. A normal start finds them so; one without read models fills them first.
 */
export const startOf = (readModels: ReadModels, log: Pick<EventLog, "head">, signal: AbortSignal): Start => {
  const waiting = new Map<string, string>([["log", "the log"]]);

  const fill = async (name: string, head: number): Promise<void> => {
    while (!signal.aborted) {
      const { position, stale } = await readModels.reached(name, head, patienceMs);
      const stopped = stale && (await readModels.status()).some((one) => one.name === name && one.state === "stopped");
      if (!stale || stopped) break;
      waiting.set(name, `read model ${name} is ${head - position} events behind`);
    }
    waiting.delete(name);
  };

  const begin = async (): Promise<void> => {
    for (const name of readModels.unready()) waiting.set(name, `read model ${name} has no tables yet`);
    await whenReadable(readModels, signal);
    const [head, all] = await Promise.all([log.head(), readModels.status()]);
    await Promise.all(all.map(({ name }) => fill(name, head)));
    waiting.delete("log");
  };

  const ready = patiently(signal, begin);
  return { ready, missing: () => [...waiting.values(), ...(waiting.size > 0 ? [] : readModels.unready().map((name) => `read model ${name}`))] };
};
