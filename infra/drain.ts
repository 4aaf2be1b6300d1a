import { setTimeout as sleep } from "node:timers/promises";

interface Drain {
  readonly leaving: AbortController;
  readonly ended: AbortController;
  /** How long requests are still taken after load balancers were told. */
  readonly noticeMs: number;
}

/** The first step of an orderly stop: `/readyz` says 503, and after the notice everything that would go on for ever ends. */
export const drain = async ({ leaving, ended, noticeMs }: Drain): Promise<void> => {
  leaving.abort();
  if (noticeMs > 0) await sleep(noticeMs);
  ended.abort();
};
