import { Kafka, logLevel, Partitioners } from "kafkajs";
import { topicsOf } from "#infra/kafka/topics.ts";

// What others see who know Kafka and nothing of Waybill.
const client = (brokers: readonly string[]) => new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });

export const deleteTopics = async (brokers: readonly string[], topic: string): Promise<void> => {
  const admin = client(brokers).admin();
  await admin.connect();
  const there = await admin.listTopics();
  const topics = Object.values(topicsOf(topic)).filter((name) => there.includes(name));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
};

export interface SeenRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly offset: number;
}

/** What a plain consumer of a group sees from the beginning on, until there are `count` records. */
export const consumed = async (brokers: readonly string[], topic: string, count: number): Promise<SeenRecord[]> => {
  const consumer = client(brokers).consumer({ groupId: `${topic}-stranger` });
  const seen: SeenRecord[] = [];
  const enough = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { key, value, headers = {}, offset } }) => {
      const texts = Object.entries(headers).map(([name, header]) => [name, String(header)] as const);
      seen.push({ key: String(key), value: String(value), headers: Object.fromEntries(texts), offset: Number(offset) });
      if (seen.length >= count) enough.resolve();
    },
  });
  await enough.promise;
  await consumer.disconnect();
  return seen;
};

/** A topic as anybody might make it. */
export const createTopic = async (brokers: readonly string[], topic: string, settings: Readonly<Record<string, string>> = {}, numPartitions = 1): Promise<void> => {
  const admin = client(brokers).admin();
  await admin.connect();
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }], waitForLeaders: true });
  await admin.disconnect();
};

/** Somebody who writes in transactions. */
export const transactions = async (brokers: readonly string[], transactionalId: string) => {
  // Quick, and patient all the same: the first transaction of a young broker finds nobody yet who coordinates it.
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 2, multiplier: 1.5, maxRetryTime: 500, retries: 60 } });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, transactionalId, idempotent: true, maxInFlightRequests: 1, retry: { retries: 20 } });
  await producer.connect();
  const begin = async (topic: string) => {
    const transaction = await producer.transaction();
    const send = (...values: readonly string[]) => transaction.send({ topic, messages: values.map((value) => ({ key: "k", value })) });
    return { send, commit: () => transaction.commit(), abort: () => transaction.abort() };
  };
  return { begin, [Symbol.asyncDispose]: () => producer.disconnect() };
};
