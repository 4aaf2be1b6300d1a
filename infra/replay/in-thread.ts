import { Worker } from "node:worker_threads";
import type { ClientConfig } from "pg";
import type { ReplayAsked, ReplayTold } from "#projections/kernel/replay/replay.ts";

/** Where a thread finds what it needs: plain values, which are copied. */
export interface ThreadStores {
  /** PostgreSQL with the read models, and the log where that is not in a file. */
  readonly connect: ClientConfig;
  /** The log's, of SQLite. */
  readonly file: string | null;
}

export interface Given {
  readonly stores: ThreadStores;
  readonly asked: ReplayAsked;
}

type Tell = (told: ReplayTold) => Promise<void>;

const resourceLimits = { maxOldGenerationSizeMb: 512 };

/** A replay in a thread of its own. Aborted, it drops its tables before this rejects; a thread that is killed leaves them to the next replay. */
export const replayInThread = async (given: Given, tell: Tell, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted();
  const thread = new Worker(new URL("thread.ts", import.meta.url), { workerData: given, resourceLimits });
  const stop = () => thread.postMessage("stop");
  signal.addEventListener("abort", stop);
  try {
    await heard(thread, tell);
  } finally {
    signal.removeEventListener("abort", stop);
    await thread.terminate();
  }
  signal.throwIfAborted();
};

/** Resolves when the thread has ended and all that it told was passed on. */
const heard = (thread: Worker, tell: Tell): Promise<void> =>
  new Promise((resolve, reject) => {
    let told: Promise<void> = Promise.resolve();
    thread.on("message", (message: ReplayTold) => {
      told = told.then(() => tell(message));
      told.catch(reject);
    });
    thread.once("error", reject);
    thread.once("exit", (code) => {
      if (code === 0) told.then(resolve, reject);
      else reject(new Error(`the thread of a replay has ended with code ${code}`));
    });
  });
