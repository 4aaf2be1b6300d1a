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

export interface ProducerIdentity {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

interface PartitionOf<Part> {
  readonly topic: string;
  readonly partitions: readonly Part[];
}

/** One node of the cluster: Kafka's own requests. */
export interface Broker {
  readonly listOffsets: (request: {
    readonly replicaId: -1;
    readonly isolationLevel: 0 | 1;
    readonly topics: readonly PartitionOf<{ readonly partition: number; readonly timestamp: number }>[];
  }) => Promise<{ readonly responses: readonly PartitionOf<{ readonly offset: string }>[] }>;
  readonly initProducerId: (request: { readonly transactionalId: string; readonly transactionTimeout: number }) => Promise<Omit<ProducerIdentity, "transactionalId">>;
  readonly addPartitionsToTxn: (request: ProducerIdentity & { readonly topics: readonly PartitionOf<number>[] }) => Promise<unknown>;
  readonly endTxn: (request: ProducerIdentity & { readonly transactionResult: boolean }) => Promise<unknown>;
  readonly connectionPool: { readonly send: (exchange: unknown) => Promise<unknown> };
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

const EncoderOf = inside("kafkajs/src/protocol/encoder") as Make<number, object>;
const { createErrorFromCode } = inside("kafkajs/src/protocol/error") as { createErrorFromCode: (code: number) => Error };

/** A request and its answer, in bytes of our own. */
export interface Exchange<Answer> {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  readonly body: readonly Buffer[];
  readonly requestTimeout?: number;
  readonly decode: (answer: Buffer) => Answer;
}

/** Over kafkajs's connection to the broker, with its authentication, its time limits and its errors. */
export const exchange = async <Answer>(broker: Broker, { apiKey, apiVersion, apiName, body, requestTimeout, decode }: Exchange<Answer>): Promise<Answer> => {
  const buf = Buffer.concat(body);
  const encode = async () => Object.assign(new EncoderOf(1), { buf, offset: buf.length });
  const decoded: { answer?: Answer } = {};
  await broker.connectionPool.send({
    request: { apiKey, apiVersion, apiName, encode },
    response: {
      decode: async (answer: Buffer) => {
        decoded.answer = decode(answer);
        return decoded;
      },
      parse: async () => decoded,
    },
    requestTimeout: requestTimeout ?? null,
    logResponseError: false,
  });
  if (!("answer" in decoded)) throw new Error(`no answer to ${apiName}`);
  return decoded.answer;
};

/** What kafkajs throws for an error of the protocol. */
export const protocolFailure = (code: number): Error => createErrorFromCode(code);

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
  brokers: brokers.map(withoutColons),
  clientId,
  connectionTimeout,
  requestTimeout,
  enforceRequestTimeout: true,
  retry,
  ...(tls ? { ssl: tls } : {}),
  ...(sasl ? { sasl } : {}),
});

// kafkajs takes what is before the first colon for the host, also of `[::1]:9092`.
const withoutColons = (broker: string): string => broker.replace(/^\[.*\]/, (host) => host.replaceAll(":", "_"));
const withColons = (host: string): string => (host.startsWith("[") ? host.slice(1, -1).replaceAll("_", ":") : host);

type SocketFactory = NonNullable<KafkaConfig["socketFactory"]>;

/** Without Nagle's delay: a request is one write, and somebody waits for its answer. */
const socketsInto =
  (sockets: Set<Socket>, ended: AbortSignal): SocketFactory =>
  ({ host: given, port, ssl, onConnect }) => {
    ended.throwIfAborted();
    const host = withColons(given);
    const servername = isIP(host) ? {} : { servername: host };
    const socket = ssl ? connectTls({ host, port, ...servername, ...ssl }, onConnect) : connectPlain({ host, port }, onConnect);
    socket.setNoDelay(true).setKeepAlive(true, 60_000);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };
