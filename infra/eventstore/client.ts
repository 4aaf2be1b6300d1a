import { readFileSync } from "node:fs";
import { EventStoreDBClient } from "@eventstore/db-client";
import { parseConnectionString } from "@eventstore/db-client/dist/Client/parseConnectionString.js";
import shared from "@eventstore/db-client/generated/shared_pb.js";
import services from "@eventstore/db-client/generated/streams_grpc_pb.js";
import streams from "@eventstore/db-client/generated/streams_pb.js";
import { Unavailable } from "#domain/kernel/errors.ts";
import { CannotStart } from "#infra/cannot-start.ts";
import type { Tls } from "#infra/tls.ts";

// The only file that knows the client library: connections, discovery and credentials are the library's, and so is the protocol.
// Its own append and subscription are not used. ADR-0008 says why, and what a move to another library takes.
export { shared, streams };

export interface ConnectOptions {
  /** `esdb://host:2113?tls=false`, `esdb+discover://cluster:2113`, `esdb://one:2113,two:2113`. TLS is on where it does not say otherwise. */
  readonly url: string;
  /** In the place of a user in the URL. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  readonly tls?: Tls | undefined;
}

export type BatchCall = ReturnType<services.StreamsClient["batchAppend"]>;
export type ReadCall = ReturnType<services.StreamsClient["read"]>;

/** A connection that is made when it is needed, and again after it was lost. */
export interface Connection {
  readonly batchAppend: () => Promise<BatchCall>;
  readonly read: (request: streams.ReadReq) => Promise<ReadCall>;
  readonly close: () => Promise<void>;
}

class Client extends EventStoreDBClient {
  readonly openBatch = this.GRPCStreamCreator(services.StreamsClient, "batchAppend", (client) =>
    client.batchAppend(...this.callArguments({ requiresLeader: true }, { deadline: Infinity })),
  );
  readonly openRead = (request: streams.ReadReq): Promise<ReadCall> =>
    this.GRPCStreamCreator(services.StreamsClient, "read", (client) =>
      client.read(request, ...this.callArguments({ requiresLeader: true }, { deadline: Infinity })),
    )();
  readonly closeChannel = async () => (await this.getChannel()).close();
}

export const connect = (options: ConnectOptions): Connection => {
  const client = clientOf(options);
  let closed = false;
  let used = false;
  const guarded = <Call>(open: () => Promise<Call>): Promise<Call> => {
    if (closed) return Promise.reject(new Unavailable("log", { cause: new Error("closed") }));
    used = true;
    return open();
  };
  return {
    batchAppend: () => guarded(client.openBatch),
    read: (request) => guarded(() => client.openRead(request)),
    close: async () => {
      if (closed) return;
      closed = true;
      await client.dispose();
      // Without a channel this would look for a server first.
      if (used) void client.closeChannel().catch(() => undefined);
    },
  };
};

const clientOf = ({ url, credentials, tls }: ConnectOptions): Client => {
  const { dnsDiscover, hosts, tls: wanted = true, defaultCredentials, tlsCAFile, userCertFile, userKeyFile, ...rest } = parsed(url);
  if (!wanted && tls) throw new CannotStart("EVENTSTORE_URL says tls=false, and EVENTSTORE_TLS_ENABLED is 1: only one can be meant");
  if (!wanted && credentials) throw new CannotStart("EVENTSTORE_URL says tls=false, and EVENTSTORE_PASSWORD is sent over TLS only: leave one of them out");
  const files = { ca: pem(tlsCAFile), cert: pem(userCertFile), key: pem(userKeyFile) };
  const channel = wanted ? secure({ rejectUnauthorized: true, ...defined(files), ...tls }) : { insecure: true };
  const user = credentials ?? defaultCredentials;
  const [first] = hosts;
  if (first && dnsDiscover) return new Client({ ...rest, discover: first }, channel, user);
  if (first && hosts.length === 1) return new Client({ ...rest, endpoint: first }, channel, user);
  return new Client({ ...rest, endpoints: hosts }, channel, user);
};

const parsed = (url: string): ReturnType<typeof parseConnectionString> => {
  try {
    return parseConnectionString(url);
  } catch (cause) {
    throw new CannotStart(`EVENTSTORE_URL: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
};

const secure = ({ rejectUnauthorized, ca, cert, key }: Tls) => ({
  insecure: false,
  ...(ca === undefined ? {} : { rootCertificate: Buffer.from(ca) }),
  ...(cert === undefined || key === undefined ? {} : { userCertFile: Buffer.from(cert), userKeyFile: Buffer.from(key) }),
  ...(rejectUnauthorized ? {} : { verifyOptions: { rejectUnauthorized, checkServerIdentity: () => undefined } }),
});

const pem = (path: string | undefined): string | undefined => {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CannotStart(`cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
};

const defined = <Value extends object>(value: Value): { [Key in keyof Value]?: NonNullable<Value[Key]> } =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as { [Key in keyof Value]?: NonNullable<Value[Key]> };
