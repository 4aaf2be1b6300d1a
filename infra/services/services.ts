import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { CannotStart } from "#infra/cannot-start.ts";
import { cacheFolder } from "#infra/config.ts";
import { type Choices, choicesIn } from "./choices.ts";
import { broker, type Place } from "./kafka/broker.ts";
import type { Line } from "./kafka/properties.ts";
import { databaseUrl, postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { type Service, service } from "./service.ts";

export const kinds = ["postgres", "redis", "kafka"] as const;
export type Kind = (typeof kinds)[number];

export interface Options {
  /** Folder of their files, logs and choices; made where it is missing. */
  readonly data: string;
  /** Kafka's; what the folder has already, or 1. */
  readonly brokers?: 1 | 3 | undefined;
  /** All without it. */
  readonly only?: readonly Kind[] | undefined;
  /** Further ways to the brokers: for tests that stand between. */
  readonly lines?: readonly Line[] | undefined;
  /** Told what takes long. */
  readonly tell?: ((line: string) => void) | undefined;
}

/** Servers of the distributed deployment on this machine, without Docker. */
export interface Services {
  readonly all: readonly Service[];
  /** Starts what is down, all at once; throws `CannotStart` with all that failed when every start has ended. */
  readonly up: (started?: (service: Service, ran: boolean) => void) => Promise<void>;
  readonly down: (stopped?: (service: Service, ran: boolean) => void) => Promise<void>;
  /** Waybill's settings for what is up. */
  readonly environment: () => Readonly<Record<string, string>>;
}

export const services = async ({ data, brokers, only = kinds, lines, tell = () => undefined }: Options): Promise<Services> => {
  // PostgreSQL's user must pass through, and may not list.
  mkdirSync(data, { recursive: true, mode: 0o711 });
  const folder = realpathSync(data);
  const choices = await choicesIn(folder, brokers);
  const all = serversOf(folder, choices, { lines, tell })
    .filter(({ name }) => only.some((kind) => name.startsWith(kind)))
    .map(service);
  return {
    all,
    up: async (started) => {
      await settled(all.map(async (each) => {
        const ran = !(await each.start());
        started?.(each, ran);
      }));
    },
    down: async (stopped) => {
      await settled(all.map(async (each) => {
        const ran = await each.stop();
        stopped?.(each, ran);
      }));
    },
    environment: () => environmentOf(all.filter(({ pid }) => pid !== null), choices),
  };
};

const serversOf = (data: string, choices: Choices, more: Pick<Place, "lines" | "tell">) => [
  postgres(join(data, "postgres"), choices.ports["postgres"] ?? 0, choices.password),
  redis(join(data, "redis"), choices.ports["redis"] ?? 0, choices.password),
  ...Array.from({ length: choices.brokers }, (_, at) => broker(at + 1, choices, { folder: join(data, `kafka-${at + 1}`), cache: cacheFolder(), ...more })),
];

const settled = async (works: readonly Promise<void>[]): Promise<void> => {
  const failures = (await Promise.allSettled(works)).flatMap((outcome): unknown[] => (outcome.status === "rejected" ? [outcome.reason] : []));
  const defect = failures.find((failure) => !(failure instanceof CannotStart));
  if (defect !== undefined) throw defect;
  if (failures.length > 0) throw new CannotStart(failures.map((failure) => (failure instanceof CannotStart ? failure.message : "")).join("\n"));
};

const environmentOf = (up: readonly Service[], { brokers, password }: Choices): Record<string, string> => {
  const port = (name: string) => up.find((each) => each.name === name)?.port;
  const [database, cache] = [port("postgres"), port("redis")];
  const kafka = up.filter(({ name }) => name.startsWith("kafka")).map((each) => `127.0.0.1:${each.port}`);
  return {
    ...(database === undefined ? {} : { DATABASE_URL: databaseUrl(database, password) }),
    ...(cache === undefined ? {} : { REDIS_URL: `redis://default:${password}@127.0.0.1:${cache}/0` }),
    ...(kafka.length === 0 ? {} : { KAFKA_BROKERS: kafka.join(","), KAFKA_REPLICATION: String(brokers) }),
  };
};
