import { Client } from "pg";
import { output } from "#infra/services/output.ts";
import { choosePort } from "#infra/services/ports.ts";
import { program } from "#infra/services/programs.ts";
import { kafkaVersion } from "#infra/services/kafka/jars.ts";
import type { Line } from "#infra/services/kafka/properties.ts";
import type { Service } from "#infra/services/service.ts";
import { type Kind, services } from "#infra/services/services.ts";
import type { Server } from "./server.ts";

interface Starting {
  readonly folder: string;
  readonly parts: readonly string[];
  readonly tell: (line: string) => void;
  readonly opened: AsyncDisposableStack;
}

/** Servers as `npm run services` starts them: three brokers where Kafka is among them. */
export const ofServices = async (kinds: readonly Kind[], { folder, parts, tell, opened }: Starting): Promise<readonly Server[]> => {
  const lines = kinds.includes("kafka") ? await linesOf(parts) : [];
  const all = await services({ data: folder, brokers: kinds.includes("kafka") ? 3 : 1, only: kinds, lines, tell });
  opened.defer(() => all.down());
  await all.up();
  const environment = all.environment();
  const told = (name: string) => (part: string) => {
    const line = lines.find((one) => one.name === listener(parts.indexOf(part)) && `kafka-${one.broker}` === name);
    if (!line) throw new Error(`no line from ${part} to ${name}`);
    return line;
  };
  return Promise.all(all.all.map((service) => serverOf(service, environment, told)));
};

const listener = (index: number) => `LINE${index}`;

/** To each broker a line of each part's own: a broker tells its clients where to come. */
const linesOf = async (parts: readonly string[]): Promise<readonly Line[]> => {
  const taken = new Set<number>();
  const choose = async () => {
    const port = await choosePort(taken);
    taken.add(port);
    return port;
  };
  const lines: Line[] = [];
  for (const broker of [1, 2, 3])
    for (const index of parts.keys()) lines.push({ broker, name: listener(index), port: await choose(), advertised: await choose() });
  return lines;
};

const serverOf = async (service: Service, environment: Readonly<Record<string, string>>, told: (name: string) => NonNullable<Server["told"]>): Promise<Server> => {
  const { name, port } = service;
  const common = {
    name,
    port,
    process: { kill: service.kill, start: async () => void (await service.start()), pause: service.pause, resume: service.resume },
  };
  if (name === "postgres") return { ...common, group: "postgres", address: at(environment["DATABASE_URL"]), version: await postgresVersion(environment["DATABASE_URL"] ?? "") };
  if (name === "redis") return { ...common, group: "redis", address: at(environment["REDIS_URL"]), version: await redisVersion() };
  return { ...common, group: "kafka", address: (port) => `127.0.0.1:${port}`, told: told(name), version: `Apache Kafka ${kafkaVersion}` };
};

/** The same URL at another port. */
const at = (address = "") => (port: number): string => {
  const url = new URL(address);
  url.port = String(port);
  return url.href;
};

const postgresVersion = async (url: string): Promise<string> => {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
    return `PostgreSQL ${rows[0]?.version.split(" ")[0]}`;
  } finally {
    await client.end();
  }
};

const redisVersion = async (): Promise<string> => `Redis ${/v=(\S+)/.exec((await output(program("redis-server"), ["--version"])).lines.join(" "))?.[1]}`;
