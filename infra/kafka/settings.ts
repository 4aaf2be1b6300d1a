import { CannotStart } from "#infra/cannot-start.ts";
import { type Config, tlsSettings } from "#infra/config.ts";
import { tlsOf } from "#infra/tls.ts";
import type { KafkaServer } from "./client.ts";
import type { KafkaLogOptions } from "./event-log.ts";

/** How the configured Kafka is reached. Throws `CannotStart` where that cannot be meant. */
export const kafkaOf = async (config: Config): Promise<KafkaServer & Pick<KafkaLogOptions, "topic" | "replication">> => {
  const { KAFKA_BROKERS: brokers = [], KAFKA_USER: username, KAFKA_PASSWORD: password, KAFKA_SASL_MECHANISM: mechanism } = config;
  if ((username === undefined) !== (password === undefined)) throw new CannotStart("KAFKA_USER and KAFKA_PASSWORD belong together");
  const sasl = username === undefined || password === undefined ? undefined : { mechanism, username, password };
  return { brokers, sasl, tls: await tlsOf(tlsSettings(config, "KAFKA")), topic: config.KAFKA_TOPIC, replication: config.KAFKA_REPLICATION };
};
