import { setTimeout as sleep } from "node:timers/promises";
import type { EventLog } from "#commands/ports/event-log.ts";
import { patiently } from "#projections/kernel/pause.ts";
import type { ReadModels } from "#projections/kernel/watch.ts";

const lookMs = 10;

/** Resolves when every read model can be read (they may be far behind), or when the signal aborts. */
export const whenReadable = async ({ unready }: Pick<ReadModels, "unready">, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && unready().length > 0) await sleep(lookMs);
};

/** What a role still waits for before it can do its work, in words for a person; none: it is ready. Throws `Unavailable`. */
export type Missing = () => Promise<readonly string[]>;

/** Resolves when nothing is missing, or when the signal aborts. */
export const whenReady = async (missing: Missing, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && (await patiently(signal, missing)).length > 0) await sleep(lookMs);
};

/** A takeover is over by then, also one to which the store of leases is lost. */
const takeoverMs = 10_000;

/**
 * A projector does its work when every read model is run by somebody: itself, or another that holds the lease. Once it was so, a
 * takeover is no reason to send anybody away. `now` in milliseconds.
 */
export const projectorMissing = ({ status }: Pick<ReadModels, "status">, now = () => performance.now()): Missing => {
  let idleSince: number | null = -Infinity;
  return async () => {
    const idle = (await status()).filter(({ state }) => state === "waiting");
    if (idle.length === 0) idleSince = null;
    else idleSince ??= now();
    return idleSince === null || now() - idleSince < takeoverMs ? [] : idle.map(({ name }) => `read model ${name} is run by nobody`);
  };
};

/** A worker reads what it is to do from read models, wherever they are run. */
export const workerMissing =
  ({ unready }: Pick<ReadModels, "unready">, { head }: Pick<EventLog, "head">): Missing =>
  async () => {
    await head();
    return unready().map((name) => `read model ${name} has no tables yet`);
  };

const patienceMs = 100;

/**
 * What an api needs: its start is over when every read model has everything that was in the log when it began, tokens among it; one
 * that is stopped by a poison event is not waited for. A normal start finds them so; one without read models fills them first.
 */
export const apiMissing = (readModels: ReadModels, log: Pick<EventLog, "head">, signal: AbortSignal): Missing => {
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

  let failure: unknown;
  patiently(signal, begin).catch((error: unknown) => (failure = error));
  return async () => {
    if (failure !== undefined) throw failure;
    await log.head();
    return waiting.size > 0 ? [...waiting.values()] : readModels.unready().map((name) => `read model ${name}`);
  };
};
