import { CannotStart } from "#infra/cannot-start.ts";
import { type Config, tlsSettings } from "#infra/config.ts";
import { tlsOf } from "#infra/tls.ts";
import type { KafkaLogOptions } from "./event-log.ts";

type Settings = Pick<KafkaLogOptions, "brokers" | "topic" | "replication" | "tls" | "sasl">;

/** How the configured Kafka is reached, and which topic keeps the log. Throws `CannotStart` where that cannot be meant. */
export const kafkaOf = async (config: Config): Promise<Settings> => {
  const { KAFKA_BROKERS: brokers = [], KAFKA_TOPIC: topic, KAFKA_REPLICATION: replication } = config;
  const tls = await tlsOf(tlsSettings(config, "KAFKA"));
  const sasl = saslOf(config);
  // SCRAM proves the password without sending it.
  if (sasl?.mechanism === "plain" && !tls)
    throw new CannotStart("KAFKA_SASL_MECHANISM=plain sends KAFKA_PASSWORD as it is, over TLS only: set KAFKA_TLS_ENABLED=1, or take scram-sha-512");
  return { brokers, topic, replication, tls, sasl };
};

const saslOf = ({ KAFKA_USER: username, KAFKA_PASSWORD: password, KAFKA_SASL_MECHANISM: mechanism }: Config): Settings["sasl"] => {
  if ((username === undefined) !== (password === undefined)) throw new CannotStart("KAFKA_USER and KAFKA_PASSWORD belong together");
  if (username === undefined || password === undefined) return undefined;
  // One by one: to kafkajs they are different types.
  if (mechanism === "plain") return { mechanism, username, password };
  return mechanism === "scram-sha-256" ? { mechanism, username, password } : { mechanism, username, password };
};
