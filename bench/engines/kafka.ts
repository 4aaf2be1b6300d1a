import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { newId } from "#commands/kernel/command-id.ts";
import { openKafkaLog } from "#infra/kafka/event-log.ts";
import { topicsOf } from "#infra/kafka/topics.ts";
import { openDatabase } from "#infra/postgres/open-database.ts";
import { postgresLeases } from "#infra/postgres/leases.ts";
import type { BenchEngine, RawClient } from "./engine.ts";

/** On the cluster of KAFKA_BROKERS, with KAFKA_REPLICATION copies of each record (1). */
export const kafka: BenchEngine = {
  name: "kafka",
  goals: { 256: "≥ 5 × Emmett" },
  open: async (connectionString) => {
    const { KAFKA_BROKERS: list, KAFKA_REPLICATION: copies = "1" } = process.env;
    if (!list) return "set KAFKA_BROKERS";
    const [brokers, replication, topic] = [list.split(","), Number(copies), `bench-${newId()}`];
    const opened = new AsyncDisposableStack();
    const client = new Kafka({ brokers, logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    opened.defer(async () => {
      await admin.deleteTopics({ topics: [...Object.values(topicsOf(topic)), `${topic}-raw`] });
      await admin.disconnect();
    });
    await admin.createTopics({ topics: [{ topic: `${topic}-raw`, numPartitions: 1, replicationFactor: replication }] });
    const producer = opened.adopt(client.producer({ createPartitioner: Partitioners.DefaultPartitioner }), (producer) => producer.disconnect());
    await producer.connect();
    const leases = postgresLeases(opened.use(openDatabase({ connectionString }, 2)));
    const log = opened.use(await openKafkaLog({ brokers, topic, replication, connect: { connectionString }, node: newId(), leases }));
    return { log, raw: raw(producer, `${topic}-raw`), [Symbol.asyncDispose]: () => opened.disposeAsync() };
  },
};

const raw = (producer: Producer, topic: string): RawClient => {
  const caller = (key: string) => async (events: readonly object[]) => {
    await producer.send({ topic, acks: -1, messages: events.map((event) => ({ key, value: JSON.stringify(event) })) });
  };
  return { name: "kafkajs, acks=all", callers: (count) => Array.from({ length: count }, () => caller(newId())) };
};
