import process from "node:process";
import { protocolServer, realEventStore } from "./eventstore.ts";
import { ofServices } from "./services.ts";
import type { Server } from "./server.ts";

export const engines = ["postgres", "eventstoredb", "kafka"] as const;
export type Engine = (typeof engines)[number];

/** The settings of a process of Waybill. */
export type Environment = Readonly<Record<string, string>>;

interface Starting {
  readonly folder: string;
  /** Names of all who will have lines to the servers. */
  readonly parts: readonly string[];
  readonly tell: (line: string) => void;
  readonly opened: AsyncDisposableStack;
}

/** The servers that Waybill needs with this engine, started. */
export const startServers = async (engine: Engine, starting: Starting): Promise<readonly Server[]> => {
  switch (engine) {
    case "postgres":
      return ofServices(["postgres", "redis"], starting);
    case "eventstoredb": {
      const { EVENTSTORE_URL: url } = process.env;
      const eventstore = url ? realEventStore(url) : await protocolServer(starting.opened);
      return [...(await ofServices(["postgres", "redis"], starting)), eventstore];
    }
    case "kafka":
      return ofServices(["postgres", "redis", "kafka"], starting);
  }
};

const variables: Readonly<Record<Server["group"], string>> = { postgres: "DATABASE_URL", redis: "REDIS_URL", kafka: "KAFKA_BROKERS", eventstoredb: "EVENTSTORE_URL" };

/** How results name it: a test's server is no EventStoreDB. */
export const nameOf = (engine: Engine, servers: readonly Server[]): string =>
  engine === "eventstoredb" ? (servers.find(({ group }) => group === "eventstoredb")?.name ?? engine) : engine;

/** What tells a process of Waybill where the servers are; `portOf` says at which port it reaches each. */
export const environmentOf = (engine: Engine, servers: readonly Server[], portOf: (server: Server) => number): Environment => {
  const addresses = Map.groupBy(servers, ({ group }) => variables[group]);
  return {
    LOG_ENGINE: engine,
    ...Object.fromEntries([...addresses].map(([variable, group]) => [variable, group.map((server) => server.address(portOf(server))).join(",")])),
  };
};
