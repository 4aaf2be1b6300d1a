import { randomUUID } from "node:crypto";
import { noLimits, type Store } from "#test/conformance/event-log/harness.ts";
import { eventLogConformance } from "#test/conformance/event-log/suite.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import { whenThere } from "#test/support/required.ts";
import { openNode } from "./opener.ts";
import { deleteTopics } from "./stranger.ts";

whenThere("kafka", process.env["KAFKA_BROKERS"], (list) => {
  const brokers = list.split(",");

  // One database for all stores: to make a database takes longer than most tests.
  let database: ReturnType<typeof freshDatabase> | undefined;
  const store = async (): Promise<Store> => {
    database ??= freshDatabase();
    const { url } = await database;
    const topic = `test-${randomUUID()}`;
    return {
      open: () => openNode({ brokers, topic, url }),
      elsewhere: { opener: new URL("opener.ts", import.meta.url), location: JSON.stringify({ brokers, topic, url }) },
      [Symbol.asyncDispose]: () => deleteTopics(brokers, topic),
    };
  };
  after(async () => (await database)?.[Symbol.asyncDispose]());

  eventLogConformance("kafka", { limits: { ...noLimits, densePositions: false, overlappingCommits: false, distinctIds: false }, store });
});
