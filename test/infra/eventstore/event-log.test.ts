import { newId } from "#commands/kernel/command-id.ts";
import { noLimits, type Store } from "#test/conformance/event-log/harness.ts";
import { eventLogConformance } from "#test/conformance/event-log/suite.ts";
import { realEventStore } from "#test/support/eventstore-container.ts";
import { startProtocolServer } from "#test/support/eventstore.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import { openProxy } from "#test/support/proxy.ts";
import { whenThere } from "#test/support/required.ts";
import { type Location, open } from "./opener.ts";

// One database for the indexes of all stores: each log has a name of its own there.
let database: ReturnType<typeof freshDatabase> | undefined;
const indexes = async (): Promise<string> => {
  database ??= freshDatabase();
  return (await database).url;
};
after(async () => (await database)?.[Symbol.asyncDispose]());

const limits = { ...noLimits, densePositions: false, fullPages: false, overlappingCommits: false, distinctIds: false, largeAppends: false };

const storeAt = (location: Location): Pick<Store, "open" | "elsewhere"> => ({
  open: () => open(JSON.stringify(location)),
  elsewhere: { opener: new URL("opener.ts", import.meta.url), location: JSON.stringify(location) },
});

whenThere("eventstore", await realEventStore(), (url) =>
  eventLogConformance("eventstoredb", {
    limits,
    // A server that others use, too: what is only this store's is told by its streams' names.
    store: async () => ({ ...storeAt({ url, database: await indexes(), prefix: `${newId()}.` }), [Symbol.asyncDispose]: async () => undefined }),
  }),
);

eventLogConformance("eventstore-protocol", {
  limits,
  interruptible: true,
  store: async () => {
    const server = await startProtocolServer();
    const way = await openProxy({ host: "127.0.0.1", port: server.port });
    const direct = { url: server.url, database: await indexes() };
    return {
      ...storeAt(direct),
      open: () => open(JSON.stringify({ ...direct, url: `esdb://127.0.0.1:${way.port}?tls=false` })),
      interrupt: async () => {
        way.become("cut");
        return { restore: async () => way.become("open") };
      },
      [Symbol.asyncDispose]: async () => {
        await way[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  },
});
