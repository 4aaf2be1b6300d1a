import { createRequire } from "node:module";
import { isIP, connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Admin, Kafka, type KafkaConfig, logLevel, type SASLOptions } from "kafkajs";
import type { Tls } from "#infra/tls.ts";

// The only file that knows kafkajs (ADR-0009). It has no way to read a partition from an offset, nor to take the steps of a transaction
// one by one; the layer below its producers and consumers does. That layer is not public, so the version is pinned, and what is used
// of it is written down here.
const inside = createRequire(import.meta.url);

/** Where the cluster is, and who asks. */
export interface KafkaServer {
  readonly brokers: readonly string[];
  readonly tls?: Tls | undefined;
  readonly sasl?: SASLOptions | undefined;
  readonly clientId?: string | undefined;
}

/** A record as kafkajs decodes it; offsets and producer ids are decimal. */
export interface RawRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | undefined>>;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

export interface OutgoingRecord {
  readonly key: string;
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ProducerIdentity {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

interface PartitionOf<Part> {
  readonly topic: string;
  readonly partitions: readonly Part[];
}

export interface FetchedPartition {
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
  readonly messages: readonly RawRecord[];
}

/** One node of the cluster: Kafka's own requests. */
export interface Broker {
  readonly fetch: (request: {
    readonly replicaId: -1;
    readonly isolationLevel: 0 | 1;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly PartitionOf<{ readonly partition: number; readonly fetchOffset: number; readonly maxBytes: number }>[];
  }) => Promise<{ readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[] }>;
  readonly listOffsets: (request: {
    readonly replicaId: -1;
    readonly isolationLevel: 0 | 1;
    readonly topics: readonly PartitionOf<{ readonly partition: number; readonly timestamp: number }>[];
  }) => Promise<{ readonly responses: readonly PartitionOf<{ readonly offset: string }>[] }>;
  readonly produce: (
    request: Partial<ProducerIdentity> & {
      readonly acks: -1;
      readonly timeout: number;
      readonly topicData: readonly PartitionOf<{ readonly partition: number; readonly firstSequence: number; readonly messages: readonly OutgoingRecord[] }>[];
    },
  ) => Promise<{ readonly topics: readonly { readonly partitions: readonly { readonly baseOffset: string }[] }[] }>;
  readonly initProducerId: (request: { readonly transactionalId: string; readonly transactionTimeout: number }) => Promise<Omit<ProducerIdentity, "transactionalId">>;
  readonly addPartitionsToTxn: (request: ProducerIdentity & { readonly topics: readonly PartitionOf<number>[] }) => Promise<unknown>;
  readonly endTxn: (request: ProducerIdentity & { readonly transactionResult: boolean }) => Promise<unknown>;
}

/** A client's view of the cluster, with connections of its own. */
export interface Cluster {
  readonly connect: () => Promise<void>;
  readonly addTargetTopic: (topic: string) => Promise<void>;
  readonly refreshMetadata: () => Promise<void>;
  readonly findLeaderForPartitions: (topic: string, partitions: readonly number[]) => Readonly<Record<string, readonly number[]>>;
  readonly findBroker: (node: { readonly nodeId: string }) => Promise<Broker>;
  readonly findGroupCoordinator: (of: { readonly groupId: string; readonly coordinatorType: 1 }) => Promise<Broker>;
}

type Make<Options, Made> = new (options: Options) => Made;
const ClusterOf = inside("kafkajs/src/cluster") as Make<Record<string, unknown>, Cluster>;
const { createLogger } = inside("kafkajs/src/loggers") as { createLogger: (options: { level: number; logCreator: () => () => void }) => unknown };

// kafkajs asks for a timer in the past after every answer, which Node warns of and which does nothing
// (https://github.com/tulios/kafkajs/issues/1751): only where something waits is there something to look after.
interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}
const { prototype: queue } = inside("kafkajs/src/network/requestQueue") as { prototype: RequestQueue };
const schedule = Reflect.get(queue, "scheduleCheckPendingRequests");
queue.scheduleCheckPendingRequests = function checkWhatWaits() {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
};

// Quick and many: a transaction finds the last one's end not yet written most of the time. Askers have a patience of their own.
const retry = { initialRetryTime: 2, multiplier: 1.5, maxRetryTime: 100, retries: 8 };
const connectionTimeout = 2000;

/** A new view of the cluster, connected when it is used. `close` ends its connections at once, with what is under way on them. */
export const clusterOf = (server: KafkaServer, requestTimeout: number): { readonly cluster: Cluster; readonly close: () => void } => {
  const sockets = new Set<Socket>();
  const end = new AbortController();
  const cluster = new ClusterOf({
    ...configOf(server, requestTimeout),
    logger: createLogger({ level: logLevel.NOTHING, logCreator: () => () => undefined }),
    socketFactory: socketsInto(sockets, end.signal),
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
  });
  const close = () => {
    end.abort();
    for (const socket of sockets) socket.destroy(new Error("closed"));
  };
  return { cluster, close };
};

/** For making topics and looking at them. */
export const adminOf = (server: KafkaServer): Admin =>
  new Kafka({ ...configOf(server, 10_000), logLevel: logLevel.NOTHING, socketFactory: socketsInto(new Set(), new AbortController().signal) }).admin();

const configOf = ({ brokers, tls, sasl, clientId = "waybill" }: KafkaServer, requestTimeout: number) => ({
  brokers: [...brokers],
  clientId,
  connectionTimeout,
  requestTimeout,
  enforceRequestTimeout: true,
  retry,
  ...(tls ? { ssl: tls } : {}),
  ...(sasl ? { sasl } : {}),
});

type SocketFactory = NonNullable<KafkaConfig["socketFactory"]>;

/** Without Nagle's delay: a request is one write, and somebody waits for its answer. */
const socketsInto =
  (sockets: Set<Socket>, ended: AbortSignal): SocketFactory =>
  ({ host, port, ssl, onConnect }) => {
    ended.throwIfAborted();
    const servername = isIP(host) ? {} : { servername: host };
    const socket = ssl ? connectTls({ host, port, ...servername, ...ssl }, onConnect) : connectPlain({ host, port }, onConnect);
    socket.setNoDelay(true).setKeepAlive(true, 60_000);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };
