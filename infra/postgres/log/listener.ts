import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";
import type { Bell } from "#infra/log/bell.ts";
import { livelyConnection } from "./connection.ts";

const pause = 500;

/** Rings the bell when any process has appended. Connects again by itself, and rings then, for what it has missed. */
export const listener = (config: ClientConfig, bell: Bell): { readonly close: () => Promise<void> } => {
  const closing = new AbortController();
  let client: Client | undefined;

  const listen = async () => {
    client = new Client({ ...livelyConnection, ...config });
    const ended = new Promise((resolve) => client?.once("end", resolve));
    client.on("error", () => undefined);
    client.on("notification", () => bell.ring());
    await client.connect();
    await client.query("listen waybill_log");
    bell.ring();
    await ended;
  };
  const work = async () => {
    while (!closing.signal.aborted) {
      // Whatever went wrong: subscriptions poll meanwhile, and it is tried again.
      await listen().catch(() => undefined);
      await sleep(pause, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  const working = work();
  const close = async () => {
    closing.abort();
    await client?.end().catch(() => undefined);
    await working;
  };
  return { close };
};
