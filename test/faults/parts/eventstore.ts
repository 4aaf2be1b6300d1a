import { startProtocolServer } from "#test/support/eventstore.ts";
import type { Server } from "./server.ts";

/** The tests' server of EventStoreDB's protocol, in a process of its own, with its log on the disk. */
export const protocolServer = async (opened: AsyncDisposableStack): Promise<Server> => {
  const server = opened.use(await startProtocolServer());
  return {
    name: "eventstore-protocol",
    group: "eventstoredb",
    port: server.port,
    address: (port) => `esdb://127.0.0.1:${port}?tls=false`,
    version: "the tests' server of EventStoreDB's protocol",
    process: { kill: server.kill, start: server.start, pause: () => server.signal("SIGSTOP"), resume: () => server.signal("SIGCONT") },
  };
};

/** A real one, of somebody else: it is not killed, but its lines can be disturbed. */
export const realEventStore = (address: string): Server => {
  const { port } = new URL(address.replace(/^esdb:/, "http:"));
  return {
    name: "eventstoredb",
    group: "eventstoredb",
    port: Number(port || 2113),
    address: (port) => address.replace(/(:\/\/(?:[^@/]*@)?)[^/?]*/, `$1127.0.0.1:${port}`),
    version: "EventStoreDB of EVENTSTORE_URL",
  };
};
