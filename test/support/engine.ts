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
  const name = `waybill-test-${process.pid}-${++engines}`;
  const own = { LOG_ENGINE: engine, REDIS_PREFIX: name, ...(engine === "kafka" ? { KAFKA_TOPIC: name } : {}) };
  if (engine === "sqlite") return { environment: own, [Symbol.asyncDispose]: () => Promise.resolve() };
  const database = await freshDatabase();
  return { environment: { ...servers, ...own, DATABASE_URL: database.url }, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
};

/** Also for those who have nothing else of this process's environment. */
const servers = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (/^(KAFKA|EVENTSTORE)_/.test(name) && value ? [[name, value]] : [])));

let engines = 0;
