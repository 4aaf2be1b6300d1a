import { setTimeout as sleep } from "node:timers/promises";
import { CannotStart } from "#infra/cannot-start.ts";
import { adminOf, type KafkaServer } from "./client.ts";
import { failureOf, protocolError } from "./failure.ts";
import { atStart } from "./starting.ts";

/** The topics of one log: what has happened, for everybody; and two for talk between the nodes, which may be lost. */
export const topicsOf = (topic: string) => ({ events: topic, appends: `${topic}.appends`, receipts: `${topic}.receipts` }) as const;

/** Largest batch of records, in bytes: an event has at most 900 KB, and a batch ends at the first megabyte. */
const largestBatch = 8 * 1024 * 1024;
const hour = String(3_600_000);

type Admin = ReturnType<typeof adminOf>;

/**
 * Makes the log's topics where they are missing, and answers with the cluster's id. Throws `CannotStart` where a topic that is there
 * would forget events, or cannot keep their order, and where we are not let in; `Unavailable` where no broker answers.
 */
export const prepareTopics = async (server: KafkaServer, topic: string, replication: number): Promise<string> => {
  const admin = adminOf(server);
  try {
    await admin.connect();
    const { clusterId } = await admin.describeCluster();
    await create(admin, topic, replication);
    await check(admin, topic, replication);
    return clusterId;
  } catch (error) {
    throw atStart(error, server.brokers);
  } finally {
    await admin.disconnect();
  }
};

/** Without end, and without compaction. Two copies confirm each record where there are three: one broker may be away, and none lies. */
const publicSettings = (replication: number): Readonly<Record<string, string>> => ({
  "cleanup.policy": "delete",
  "retention.ms": "-1",
  "retention.bytes": "-1",
  "min.insync.replicas": replication >= 3 ? "2" : "1",
  "unclean.leader.election.enable": "false",
  "max.message.bytes": String(largestBatch),
  "compression.type": "producer",
});

const create = async (admin: Admin, topic: string, replication: number) => {
  // The broker's time: it refuses records of a producer whose clock is an hour ahead of its own.
  const settings = { ...publicSettings(replication), "message.timestamp.type": "LogAppendTime" };
  const talk = { ...settings, "retention.ms": hour, "segment.ms": hour };
  const { events, appends, receipts } = topicsOf(topic);
  const there = new Set(await admin.listTopics());
  const missing = [[events, settings], [appends, talk], [receipts, talk]] as const;
  const topics = missing.filter(([name]) => !there.has(name)).map(([name, entries]) => made(name, replication, entries));
  if (topics.length === 0) return;
  try {
    await admin.createTopics({ topics, waitForLeaders: false });
  } catch (error) {
    if (JSON.stringify(reasons(error)).includes("INVALID_REPLICATION_FACTOR")) throw tooFewBrokers(replication, error);
    throw error;
  }
};

const made = (topic: string, replicationFactor: number, settings: Readonly<Record<string, string>>) => ({
  topic, numPartitions: 1, replicationFactor, configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
});

const tooFewBrokers = (replication: number, cause: unknown) =>
  new CannotStart(`Kafka has fewer brokers than KAFKA_REPLICATION=${replication} asks for: start more, or set KAFKA_REPLICATION=1, with which a broker's end is the log's`, { cause });

/** kafkajs gathers what went wrong with several topics in one error. */
const reasons = (error: unknown): string[] => {
  const each: unknown = error instanceof Error ? Reflect.get(error, "errors") : undefined;
  return Array.isArray(each) ? each.map(protocolError) : [protocolError(error)];
};

const check = async (admin: Admin, topic: string, replication: number) => {
  const { topics } = await known(admin, Object.values(topicsOf(topic)));
  for (const { name, partitions } of topics) {
    if (partitions.length !== 1) throw unfit(name, `has ${partitions.length} partitions`, "one partition gives the one order of all events: use another KAFKA_TOPIC");
    const copies = partitions[0]?.replicas.length ?? 0;
    if (copies < replication) throw unfit(name, `has ${copies} of ${replication} copies`, "add replicas (kafka-reassign-partitions.sh), or set KAFKA_REPLICATION to what you want");
  }
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: topic }] });
  const present = new Map(resources.flatMap(({ configEntries }) => configEntries.map(({ configName, configValue }) => [configName, configValue])));
  for (const [name, value] of Object.entries(publicSettings(replication))) {
    const found = present.get(name);
    if (found !== undefined && !fits(name, found, value))
      throw unfit(topic, `has ${name}=${found}`, `set it: kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config ${name}=${value}`);
  }
};

/** What has just been made is not known to every broker at once: kafkajs waits for leaders, but not for that. */
const known = async (admin: Admin, topics: string[]) => {
  for (const deadline = performance.now() + 10_000; ; )
    try {
      return await admin.fetchTopicMetadata({ topics });
    } catch (error) {
      if (failureOf(error) !== "moved" || performance.now() > deadline) throw error;
      await sleep(50);
    }
};

const atLeast = new Set(["min.insync.replicas", "max.message.bytes"]);
const fits = (name: string, found: string, wanted: string) => (atLeast.has(name) ? Number(found) >= Number(wanted) : found === wanted);

const unfit = (topic: string, what: string, remedy: string) => new CannotStart(`the Kafka topic ${topic} ${what}; ${remedy}`);
