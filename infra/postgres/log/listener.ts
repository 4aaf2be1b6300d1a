import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";
import type { Bell } from "#infra/log/bell.ts";
import { livelyConnection } from "./connection.ts";

const pause = 500;

/** Rings the bell when any process has appended. Connects again by itself, and rings then, for what it has missed. */
export const listener = (config: ClientConfig, bell: Bell): { readonly close: () => Promise<void> } => {
  const closing = new AbortController();
  const { signal } = closing;

  const listen = async () => {
    const client = new Client({ ...livelyConnection, ...config });
    const ended = new Promise((resolve) => client.once("end", resolve));
    const end = () => void client.end().catch(() => undefined);
    client.on("error", () => undefined);
    client.on("notification", () => bell.ring());
    try {
      // Not ended while it connects: that would leave it waiting for ever.
      await client.connect();
      signal.addEventListener("abort", end);
      await client.query("listen waybill_log");
      bell.ring();
      if (!signal.aborted) await ended;
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  };
  const work = async () => {
    while (!signal.aborted) {
      // Whatever went wrong: subscriptions poll meanwhile, and it is tried again.
      await listen().catch(() => undefined);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  };
  const working = work();
  const close = async () => {
    closing.abort();
    await working;
  };
  return { close };
};
