import { existsSync } from "node:fs";

/** As in docker-compose.yml. */
const image = "eventstore/eventstore:24.10.14";

/** Where a real EventStoreDB is: `EVENTSTORE_URL`, or one that Docker starts for this run; undefined where there is neither. */
export const realEventStore = async (): Promise<string | undefined> => {
  const { EVENTSTORE_URL: url, DOCKER_HOST: host } = process.env;
  if (url !== undefined && url !== "") return url;
  if (host === undefined && !existsSync("/var/run/docker.sock")) return undefined;
  return started();
};

/** Undefined where no engine answers, or it cannot get the image. */
const started = async (): Promise<string | undefined> => {
  const { GenericContainer, Wait } = await import("testcontainers");
  try {
    const container = await new GenericContainer(image)
      .withEnvironment({ EVENTSTORE_INSECURE: "true", EVENTSTORE_MEM_DB: "false", EVENTSTORE_RUN_PROJECTIONS: "None" })
      .withExposedPorts(2113)
      .withWaitStrategy(Wait.forHttp("/health/live", 2113).forStatusCode(204))
      .start();
    after(() => container.stop());
    return `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`;
  } catch (error) {
    console.warn(`no EventStoreDB from Docker: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
};
