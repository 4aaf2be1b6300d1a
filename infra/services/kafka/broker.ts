import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CannotStart } from "#infra/cannot-start.ts";
import type { Choices } from "#infra/services/choices.ts";
import { output } from "#infra/services/output.ts";
import type { Server } from "#infra/services/server.ts";
import { archiveOptions, keepArchive } from "./archive.ts";
import { jarsFolder, kafkaJars } from "./jars.ts";
import { findJava, type Java } from "./java.ts";
import { liveBrokers } from "./metadata.ts";
import { type Line, properties } from "./properties.ts";

const logging = fileURLToPath(import.meta.resolve("./log4j2.xml"));

// Started again and again by tests: the plain collector and compiler start sooner and take less of a small machine.
const small = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
const large = ["-Xmx512m", "-XX:+UseSerialGC"];

export interface Place {
  readonly folder: string;
  /** Where Kafka's classes are kept for all data folders. */
  readonly cache: string;
  readonly tell: (line: string) => void;
  readonly lines?: readonly Line[] | undefined;
}

/** One broker, from Apache's artifacts, in KRaft mode. */
export const broker = (id: number, { brokers, ports, cluster }: Choices, { folder, cache, tell, lines }: Place): Server => {
  const name = `kafka-${id}`;
  const portOf = (name: string) => ports[name] ?? 0;
  const port = portOf(name);
  const all = Array.from({ length: brokers }, (_, at) => ({ clients: portOf(`kafka-${at + 1}`), controller: portOf(`kafka-${at + 1}-controller`) }));
  return {
    name,
    port,
    folder,
    patienceMs: 90_000,
    ending: [["SIGTERM", 20_000]],
    ended: () => keepArchive(jarsFolder(cache), folder),
    prepare: async () => {
      const found = await findJava();
      const jars = await kafkaJars(cache, tell);
      const file = join(folder, "server.properties");
      writeFileSync(file, properties({ id, data: join(folder, "data"), ports: all }, lines));
      const options = [`-Dlog4j2.configurationFile=${logging}`, "-cp", `${jars}/*`];
      await format(found, [...options, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", file], folder);
      const java = [...(brokers === 1 ? large : small), ...archiveOptions(jars, folder, found), ...options];
      return { program: found.path, options: [...java, "kafka.Kafka", file], folder, who: null };
    },
    answer: async (log) => {
      if (log && !log.includes("Kafka Server started")) throw new Error("not started yet");
      const live = await liveBrokers(port);
      if (!live.includes(id)) throw new Error(`broker ${id} is not among the live ones: ${live.join(", ")}`);
    },
  };
};

/** Writes the cluster's id into the data folder, once. */
const format = async ({ path }: Java, options: readonly string[], folder: string): Promise<void> => {
  if (existsSync(join(folder, "data/meta.properties"))) return;
  const { code, lines } = await output(path, options);
  if (code !== 0) throw new CannotStart(`Kafka cannot format ${folder}: ${lines.slice(-3).join(" ")}`);
};
