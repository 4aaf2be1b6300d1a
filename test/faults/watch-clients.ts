import { setTimeout as sleep } from "node:timers/promises";
import { type Client, isNoAnswer, newClient } from "./clients.ts";

/** Clients that update again and again while everything is disturbed, from whichever process. */
export interface WatchingClients extends AsyncDisposable {
  /** Ends the watching; what the clients were given and could not trust. */
  readonly rest: () => Promise<readonly string[]>;
  /** By repository, with all that it has come to know. */
  readonly clients: ReadonlyMap<string, Client>;
  readonly updates: () => number;
}

export const watchClients = async (urls: readonly string[], repositories: readonly string[]): Promise<WatchingClients> => {
  const opened = new AsyncDisposableStack();
  const clients = new Map<string, Client>();
  for (const repository of repositories) clients.set(repository, opened.use(await newClient(urls[0] ?? "", repository)));
  const distrusted: string[] = [];
  const over = new AbortController();
  let updates = 0;

  const watch = async (repository: string, client: Client): Promise<void> => {
    for (let turn = 0; !over.signal.aborted; turn++) {
      try {
        await client.refresh(urls[turn % urls.length] ?? "");
        updates++;
      } catch (error) {
        if (!isNoAnswer(error)) distrusted.push(`a client of ${repository} got what it cannot trust: ${String(error)}`);
      }
      await sleep(500, undefined, { signal: over.signal }).catch(() => undefined);
    }
  };
  const watching = [...clients].map(([repository, client]) => watch(repository, client));
  const rest = async () => {
    over.abort();
    await Promise.all(watching);
    return distrusted;
  };
  opened.defer(async () => void (await rest()));
  return { rest, clients, updates: () => updates, [Symbol.asyncDispose]: () => opened.disposeAsync() };
};
