import { randomUUID } from "node:crypto";
import { startProtocolServer } from "./eventstore.ts";
import { freshDatabase } from "./postgres.ts";

/** The log engine that `LOG_ENGINE` names, on servers of which this test has a part for itself. */
export interface Engine extends AsyncDisposable {
  /** Waybill's settings for it. */
  readonly environment: Readonly<Record<string, string>>;
}

export const engineOfThisRun = (): Promise<Engine> => engineNamed(process.env["LOG_ENGINE"] ?? "sqlite");

/** That engine, or PostgreSQL where the run's is one process's own. */
export const sharedEngine = (): Promise<Engine> => engineNamed(sharedEngineName);
export const sharedEngineName = (process.env["LOG_ENGINE"] ?? "sqlite").replace("sqlite", "postgres");

const engineNamed = async (engine: string): Promise<Engine> => {
  // Several installations share the servers of the environment.
  const name = `waybill-test-${randomUUID()}`;
  const own = { LOG_ENGINE: engine, REDIS_PREFIX: name, ...(engine === "kafka" ? { KAFKA_TOPIC: name } : {}) };
  await using opened = new AsyncDisposableStack();
  const environment: Record<string, string> = { ...own };
  if (engine !== "sqlite") Object.assign(environment, servers, { DATABASE_URL: opened.use(await freshDatabase()).url });
  // Without a real one, the tests' server of its protocol.
  if (engine === "eventstoredb" && !process.env["EVENTSTORE_URL"]) environment["EVENTSTORE_URL"] = opened.use(await startProtocolServer()).url;
  const using = opened.move();
  return { environment, [Symbol.asyncDispose]: () => using.disposeAsync() };
};

/** Also for those who have nothing else of this process's environment. */
const servers = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (/^(KAFKA|EVENTSTORE)_/.test(name) && value ? [[name, value]] : [])));
