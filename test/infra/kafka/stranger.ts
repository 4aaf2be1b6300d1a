import { Kafka, logLevel } from "kafkajs";
import { topicsOf } from "#infra/kafka/topics.ts";

// What others see who know Kafka and nothing of Waybill.
const client = (brokers: readonly string[]) => new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });

export const deleteTopics = async (brokers: readonly string[], topic: string): Promise<void> => {
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: Object.values(topicsOf(topic)) }).catch(() => undefined);
  await admin.disconnect();
};
