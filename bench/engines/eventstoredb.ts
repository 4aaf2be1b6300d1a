import { EventStoreDBClient, jsonEvent } from "@eventstore/db-client";
import { newId } from "#commands/kernel/command-id.ts";
import { openEventStoreLog } from "#infra/eventstore/event-log.ts";
import { startProtocolServer } from "#test/support/eventstore.ts";
import type { BenchEngine, RawClient } from "./engine.ts";

const { EVENTSTORE_URL } = process.env;

/** On the server of EVENTSTORE_URL; without one, on the tests' server of the same protocol, whose figures are not EventStoreDB's. */
export const eventstoredb: BenchEngine = {
  name: EVENTSTORE_URL ? "eventstoredb" : "eventstore-protocol",
  open: async (connectionString) => {
    const opened = new AsyncDisposableStack();
    const url = EVENTSTORE_URL || opened.use(await startProtocolServer()).url;
    const log = opened.use(await openEventStoreLog({ url, connect: { connectionString }, prefix: `bench-${newId()}.` }));
    const client = opened.adopt(EventStoreDBClient.connectionString(url), (client) => client.dispose());
    return { log, raw: raw(client), [Symbol.asyncDispose]: () => opened.disposeAsync() };
  },
};

const raw = (client: EventStoreDBClient): RawClient => {
  const caller = (stream: string) => async (events: readonly object[]) => {
    await client.appendToStream(stream, events.map((event) => jsonEvent({ type: "bench.OrderPlaced.v1", data: { ...event } })));
  };
  return { name: "db-client, appendToStream", callers: (count) => Array.from({ length: count }, () => caller(`bench-raw-${newId()}`)) };
};
