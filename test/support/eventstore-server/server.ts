import { type ChannelOptions, Server, ServerCredentials } from "@grpc/grpc-js";
import { append } from "./append.ts";
import { batchAppend } from "./batch-append.ts";
import { gossipOf, type Member, supportedMethods } from "./cluster.ts";
import { featureServices, gossipServices, streamServices } from "./definitions.ts";
import { type Faults, noFaults } from "./faults.ts";
import { read } from "./read.ts";
import { refusal } from "./refusals.ts";
import { doorkeeper, type Entry, type Serving } from "./serving.ts";
import { openStore } from "./store.ts";

export interface ServerOptions extends Entry {
  readonly file: string;
  /** 0 for any. */
  readonly port: number;
  readonly maxAppendSize?: number | undefined;
  /** PEM; plain where absent. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string | undefined } | undefined;
  readonly members?: readonly Member[] | undefined;
}

export interface RunningServer {
  readonly port: number;
  readonly faults: Faults;
  /** Ends all connections. */
  readonly disconnect: () => void;
  /** Ends the subscriptions, with an error. */
  readonly dropSubscriptions: () => void;
  readonly setMembers: (members: readonly Member[]) => void;
}

/** The gRPC protocol of EventStoreDB's streams on one file: for tests. It is not EventStoreDB. */
export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  const faults = noFaults();
  const store = await openStore(options.file);
  const serving: Serving = { store, faults, maxAppendSize: options.maxAppendSize ?? 1024 * 1024, refuse: doorkeeper(faults, options), open: new Set() };
  let members = options.members ?? [];

  const server = patientServer({ "grpc.max_receive_message_length": 20 * 1024 * 1024 });
  server.addService(streamServices.StreamsService, { append: append(serving), batchAppend: batchAppend(serving), read: read(serving), delete: unimplemented, tombstone: unimplemented });
  server.addService(gossipServices.GossipService, { read: gossipOf(() => members) });
  server.addService(featureServices.ServerFeaturesService, { getSupportedMethods: supportedMethods });
  const port = await listening(server, options);
  return {
    port,
    faults,
    disconnect: () => server.drain(`127.0.0.1:${port}`, 0),
    dropSubscriptions: () => {
      for (const { drop } of serving.open) drop();
    },
    setMembers: (next) => {
      members = next;
    },
  };
};

/**
 * Node's HTTP/2 ends a session whose client leaves more than 33 calls a second early, as each page of `$all` is. EventStoreDB's server
 * has no such limit, and gRPC's library no option for it.
 */
const patientServer = (options: ChannelOptions): Server => {
  const server = new Server(options);
  const common: unknown = Reflect.get(server, "commonServerOptions");
  if (typeof common !== "object" || common === null) throw new Error("the gRPC library has its HTTP/2 options elsewhere now");
  Object.assign(common, { streamResetBurst: 1_000_000, streamResetRate: 1_000_000 });
  return server;
};

const listening = (server: Server, { port, tls }: ServerOptions): Promise<number> => {
  const credentials = tls
    ? ServerCredentials.createSsl(tls.clientCa === undefined ? null : Buffer.from(tls.clientCa), [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }], tls.clientCa !== undefined)
    : ServerCredentials.createInsecure();
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
};

const unimplemented = (_call: unknown, answer: (error: Error) => void) => answer(refusal(12, "not made for tests"));
