import { postgresServer } from "./postgres.ts";
import type { Server } from "./server.ts";

export const engines = ["postgres"] as const;
export type Engine = (typeof engines)[number];

/** How a process is told of a server, by the address that it reaches it at. */
export type Environment = Readonly<Record<string, string>>;

/** The servers that Waybill needs with this engine, started. */
export const startServers = async (_engine: Engine, opened: AsyncDisposableStack): Promise<readonly Server[]> => [opened.use(await postgresServer())];

const variables: Readonly<Record<Server["group"], string>> = { postgres: "DATABASE_URL", redis: "REDIS_URL", kafka: "KAFKA_BROKERS", eventstoredb: "EVENTSTORE_URL" };

/** What tells a process of Waybill where the servers are; `portOf` says at which port it reaches each. */
export const environmentOf = (engine: Engine, servers: readonly Server[], portOf: (server: Server) => number): Environment => {
  const addresses = Map.groupBy(servers, ({ group }) => variables[group]);
  return {
    LOG_ENGINE: engine,
    ...Object.fromEntries([...addresses].map(([variable, group]) => [variable, group.map((server) => server.address(portOf(server))).join(",")])),
  };
};
