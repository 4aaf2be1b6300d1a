import { freshDatabase } from "./postgres.ts";

/** The log engine that `LOG_ENGINE` names, on servers of which this test has a part for itself. */
export interface Engine extends AsyncDisposable {
  /** Waybill's settings for it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Addresses of Kafka and EventStoreDB come from the environment and are passed on with it. */
export const engineOfThisRun = async (): Promise<Engine> => {
  const engine = process.env["LOG_ENGINE"] ?? "sqlite";
  if (engine === "sqlite") return { environment: { LOG_ENGINE: engine }, [Symbol.asyncDispose]: () => Promise.resolve() };
  const database = await freshDatabase();
  const topic = `waybill-test-${process.pid}-${++engines}`;
  return {
    environment: { LOG_ENGINE: engine, DATABASE_URL: database.url, ...(engine === "kafka" ? { KAFKA_TOPIC: topic } : {}) },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
};

let engines = 0;
