import { createClient } from "redis";
import type { Part } from "./part.ts";
import type { Stage } from "./stage.ts";

/** A process that holds a lease now: of a read model, a policy, a task. Undefined where nobody can be asked. */
export const holderOf = async ({ undisturbed, nodes }: Stage, which: number): Promise<Part | undefined> => {
  const client = createClient({ url: undisturbed["REDIS_URL"] ?? "", disableOfflineQueue: true, socket: { connectTimeout: 1000, socketTimeout: 1000, reconnectStrategy: false } });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const owners: string[] = [];
    for await (const keys of client.scanIterator({ MATCH: "*lease*" })) for (const key of keys) owners.push((await client.hGet(key, "owner")) ?? "");
    const holders = nodes.filter((node) => owners.some(node.owns));
    return holders[Math.floor(which * holders.length)]?.part;
  } catch {
    return undefined;
  } finally {
    if (client.isOpen) client.destroy();
  }
};
