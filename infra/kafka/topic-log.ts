import { groups } from "#infra/log/groups.ts";
import { committed } from "./committed.ts";
import type { Link } from "./link.ts";
import type { LogRecord } from "./record-batch.ts";
import { fetchStretch } from "./wire.ts";

export interface FetchOptions {
  /** About; the first batch of records comes whole however large it is. */
  readonly maxBytes: number;
  /** Milliseconds to wait for anything to come; 0 answers at once. */
  readonly maxWaitMs?: number;
  /** Milliseconds to find a broker that answers, beside the waiting. */
  readonly patience?: number;
}

export interface Fetched {
  /** Committed, in order. */
  readonly records: readonly LogRecord[];
  /** Everything before it has been looked at. */
  readonly nextOffset: number;
  /** No transaction before it is open. */
  readonly lastStableOffset: number;
}

/** The only partition of a topic, by offsets. */
export interface TopicLog {
  readonly fetchFrom: (offset: number, options: FetchOptions) => Promise<Fetched>;
  /** The offset behind everything whose transaction has ended. */
  readonly stableEnd: () => Promise<number>;
  /** The offset behind everything, also what is not yet committed. */
  readonly end: () => Promise<number>;
}

export const topicLog = (link: Link, topic: string): TopicLog => {
  const endAs = async (isolationLevel: 0 | 1) => {
    const request = { replicaId: -1, isolationLevel, topics: [{ topic, partitions: [{ partition: 0, timestamp: -1 }] }] } as const;
    const { responses } = await link.ask({ topic }, (broker) => broker.listOffsets(request));
    const offset = responses[0]?.partitions[0]?.offset;
    if (offset === undefined) throw new Error(`no end of topic ${topic} in the answer`);
    return Number(offset);
  };
  // Whoever asks while a question is under way shares the next one: its answer must not be older than the asking.
  const stableEnd = groups<void, number>(async (group) => {
    const end = await endAs(1);
    return group.map(() => end);
  }, { weigh: () => 0, most: 1 });

  const fetchFrom: TopicLog["fetchFrom"] = async (offset, { maxBytes, maxWaitMs = 0, patience }) => {
    const stretch = await link.ask({ topic }, (broker) => fetchStretch(broker, { topic, offset, maxBytes, maxWaitMs }), patience);
    const last = stretch.batches.at(-1)?.lastOffset ?? -1;
    return { records: committed(stretch, offset), nextOffset: Math.max(offset, last + 1), lastStableOffset: stretch.lastStableOffset };
  };
  return { fetchFrom, stableEnd: () => stableEnd(), end: () => endAs(0) };
};
