import { randomUUID } from "node:crypto";
import type { ClientConfig } from "pg";
import { InvalidInput } from "#domain/kernel/errors.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
import { openLogIndex } from "#infra/log/index/postgres-index.ts";
import { followIndexed } from "#infra/log/index/tail.ts";
import { prepared, type PreparedAppend } from "#infra/log/prepared.ts";
import { subscription } from "#infra/log/subscription.ts";
import { appends } from "./appends.ts";
import type { KafkaServer } from "./client.ts";
import { feedOf } from "./feed.ts";
import { openLink } from "./link.ts";
import { answerOf, type ToNodes, ToNodes as Told, type ToOwner, written } from "./messages.ts";
import { contend } from "./owner.ts";
import { lastEventBefore, reader } from "./reading.ts";
import { recentEvents } from "./recent.ts";
import { openEar, openMouth } from "./talk.ts";
import { topicLog } from "./topic-log.ts";
import { prepareTopics, topicsOf } from "./topics.ts";

export interface KafkaLogOptions extends KafkaServer {
  /** The public topic; the names of two internal ones begin with it. */
  readonly topic: string;
  /** Copies of each record, on topics that are made. */
  readonly replication: number;
  /** PostgreSQL, for the index. */
  readonly connect: ClientConfig;
  /** The name of this process among those on the same log. After a restart under the same name it need not wait for its own lease. */
  readonly node: string;
  readonly leases: Leases;
  /** Milliseconds until another node takes the log over from one that has died. */
  readonly lifetimeMs?: number;
  /** Milliseconds until an append without an answer is `Unavailable`. */
  readonly patience?: number;
}

/**
 * The log on one partition of a Kafka topic, for any number of processes (ADR-0009). One of them at a time is the owner, who alone
 * writes; the others send it their appends through Kafka. Throws `Unavailable` when Kafka or PostgreSQL does not answer, `CannotStart`
 * where the topic is not fit to keep a log.
 */
export const openKafkaLog = async (options: KafkaLogOptions): Promise<EventLog> => {
  const { topic, replication, connect, leases, lifetimeMs = 3000, patience = 10_000, ...server } = options;
  // Answers are for this run alone.
  const node = `${options.node} ${randomUUID()}`;
  const topics = topicsOf(topic);
  await using opened = new AsyncDisposableStack();
  const clusterId = await prepareTopics(server, topic, replication);
  const index = opened.use(await openLogIndex({ connect, name: `kafka ${clusterId} ${topic}` }));
  const [asking, following] = [openLink(server), openLink(server)];
  opened.defer(() => asking.close());
  opened.defer(() => following.close());
  const log = topicLog(asking, topic);
  const recent = recentEvents();
  const feed = feedOf(topicLog(following, topic), recent);
  const tail = opened.use(await followIndexed({ index, pages: feed, head: log.end }));
  // Asked for now: what is followed begins before it.
  const last = await lastEventBefore(log, await log.stableEnd());

  const toOwner = openMouth(server, topics.appends);
  opened.defer(toOwner.close);
  const toNodes = openMouth(server, topics.receipts);
  opened.defer(toNodes.close);
  const ask = () => void toOwner.say([JSON.stringify({ kind: "hello", node } satisfies ToOwner)]).catch(() => undefined);
  const pending = appends({ node, patience, ask, vacancy: () => contender.hindrance(), forward: (request) => toOwner.say(written(request)) });
  const hear = (message: ToNodes) => {
    if (message.kind === "released") contender.vacant.ring();
    else if (message.kind === "answer") {
      if (message.node === node) pending.answered(message.id, message.from, answerOf(message.outcome));
    } else if (message.node !== node) pending.ruledBy(message.token);
  };
  const tell = (message: ToNodes) => toNodes.say([JSON.stringify(message)]);
  const lastAt = () => recent.last()?.at ?? last?.at ?? new Date(0).toISOString();
  const contender = contend({ server, topics, node, lease: { leases, name: `kafka ${clusterId} ${topic}`, node: options.node, lifetimeMs }, tail, appends: pending, end: log.end, lastAt, tell });
  opened.defer(contender.close);
  const ear = await openEar(server, topics.receipts, { schema: Told, hear });
  opened.defer(ear.close);
  opened.defer(pending.close);

  const reading = reader({ log, tail, recent, lastBefore: last?.position ?? 0 });
  const closing = opened.move();
  return {
    append: async (stream, events, options) => pending.append(fitting(prepared(stream, events, options))),
    ...reading,
    subscribe: (options) => subscription({ readAll: reading.readAll, bell: tail.bell, poll: 1000 }, options),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
};

/** An envelope goes with each event, and a record has an end. */
const longestCause = 100_000;

const fitting = (append: PreparedAppend): PreparedAppend => {
  const { cause } = append;
  for (const [field, text] of Object.entries(cause))
    if (text !== undefined && text.length > longestCause) throw new InvalidInput([{ path: [field], message: `has more than ${longestCause} characters` }]);
  return append;
};
