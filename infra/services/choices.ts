import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CannotStart } from "#infra/cannot-start.ts";
import { choosePort } from "./ports.ts";

/** What was chosen once for a data folder, so that every later start has the same. */
const Choices = z.object({
  brokers: z.union([z.literal(1), z.literal(3)]),
  /** By service; a broker's controller has one of its own. */
  ports: z.record(z.string(), z.int()),
  /** Of PostgreSQL and Redis: loopback alone keeps no other user of this machine out. */
  password: z.string().min(1),
  /** Kafka's cluster id. */
  cluster: z.string().min(1),
});

export type Choices = z.infer<typeof Choices>;

const fileIn = (data: string) => join(data, "choices.json");

/** Whether anything was ever started there. */
export const hasChoices = (data: string): boolean => existsSync(fileIn(data));

/** Reads them, or chooses. `CannotStart` where the folder has another number of brokers: their votes are counted by it. */
export const choicesIn = async (data: string, brokers?: Choices["brokers"]): Promise<Choices> => {
  const file = fileIn(data);
  if (!hasChoices(data)) return choose(file, brokers ?? 1);
  const choices = read(file);
  if (brokers !== undefined && brokers !== choices.brokers)
    throw new CannotStart(`${data} has ${choices.brokers === 1 ? "1 broker" : `${choices.brokers} brokers`}, and that stays: take another folder with --data`);
  return choices;
};

const read = (file: string): Choices => {
  try {
    return Choices.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new CannotStart(`${file} cannot be read: stop what runs there and remove the folder`, { cause });
  }
};

const choose = async (file: string, brokers: Choices["brokers"]): Promise<Choices> => {
  const ports: Record<string, number> = {};
  for (const name of names(brokers)) ports[name] = await choosePort(new Set(Object.values(ports)));
  const choices = { brokers, ports, password: randomBytes(24).toString("base64url"), cluster: clusterId() };
  writeFileSync(`${file}.new`, JSON.stringify(choices, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return choices;
};

const names = (brokers: number) => ["postgres", "redis", ...Array.from({ length: brokers }, (_, at) => [`kafka-${at + 1}`, `kafka-${at + 1}-controller`]).flat()];

/** Kafka's form of a UUID: base64url; one that began with a hyphen would be taken for an option. */
const clusterId = () => `W${randomBytes(16).toString("base64url").slice(1)}`;
