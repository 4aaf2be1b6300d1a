import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { EventLog } from "#commands/ports/event-log.ts";
import { openKafkaLog } from "#infra/kafka/event-log.ts";
import { postgresLeases } from "#infra/postgres/leases.ts";
import { openDatabase } from "#infra/postgres/open-database.ts";

const Location = z.object({ brokers: z.array(z.string()), topic: z.string(), url: z.string(), node: z.string().optional() });
export type Location = z.infer<typeof Location>;

/** A log as a node of its own, with all it needs. */
export const openNode = async ({ brokers, topic, url, node = randomUUID() }: Location): Promise<EventLog> => {
  const connect = { connectionString: url };
  const database = openDatabase(connect, 2);
  try {
    const log = await openKafkaLog({ brokers, topic, replication: 1, connect, node, leases: postgresLeases(database) });
    let closed: Promise<void> | undefined;
    const close = async () => {
      await log[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    };
    return { ...log, [Symbol.asyncDispose]: () => (closed ??= close()) };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
};

export const open = (location: string): Promise<EventLog> => openNode(Location.parse(JSON.parse(location)));
