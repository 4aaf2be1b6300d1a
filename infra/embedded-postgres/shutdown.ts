import { setTimeout } from "node:timers/promises";

/** A process as far as its end is concerned. */
export interface Endable {
  readonly alive: () => boolean;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** PostgreSQL's ways to go, the polite one first: disconnect all and write a checkpoint; abort; no choice. */
const steps = [
  { signal: "SIGINT", patience: 15_000 },
  { signal: "SIGQUIT", patience: 5_000 },
  { signal: "SIGKILL", patience: 5_000 },
] as const;

/** Resolves when it is gone. A server that was stopped hard recovers from its WAL at the next start. */
export const shutdown = async (server: Endable, first: "SIGINT" | "SIGQUIT" = "SIGINT"): Promise<void> => {
  for (const { signal, patience } of steps.slice(first === "SIGINT" ? 0 : 1)) {
    if (!server.alive()) return;
    server.signal(signal);
    if (await gone(server, patience)) return;
  }
  throw new Error("the embedded PostgreSQL does not end");
};

const gone = async (server: Endable, patience: number): Promise<boolean> => {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    if (!server.alive()) return true;
    await setTimeout(5);
  }
  return !server.alive();
};
