import { setTimeout as sleep } from "node:timers/promises";

export interface Renewal {
  readonly repositories: () => Promise<readonly string[]>;
  /** Queues what is due in one repository; answers when the next falls due, in milliseconds since 1970. */
  readonly renew: (repository: string) => Promise<number>;
  readonly intervalMs: number;
  readonly report: (repository: string | null, error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Looks at every repository on a schedule, until the signal. One that fails does not keep the others from being renewed. */
export const runRenewal = async ({ repositories, renew, intervalMs, report, signal }: Renewal): Promise<void> => {
  const nextDue = new Map<string, number>();
  while (!signal.aborted) {
    try {
      for (const repository of await repositories())
        if ((nextDue.get(repository) ?? 0) <= Date.now() + intervalMs)
          try {
            nextDue.set(repository, await renew(repository));
          } catch (error) {
            report(repository, error);
          }
    } catch (error) {
      report(null, error);
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
};
