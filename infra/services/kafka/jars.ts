import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CannotStart } from "#infra/cannot-start.ts";
import { output } from "#infra/services/output.ts";
import { program } from "#infra/services/programs.ts";

const pom = fileURLToPath(import.meta.resolve("./pom.xml"));

export const kafkaVersion: string = /kafka_2\.13<\/artifactId><version>([^<]+)/.exec(readFileSync(pom, "utf8"))?.[1] ?? "unknown";

/** Where they are, or will be. */
export const jarsFolder = (cache: string): string => join(cache, `kafka-${kafkaVersion}`);

/** Whether a start needs no network. */
export const hasKafkaJars = (cache: string): boolean => existsSync(jarsFolder(cache));

/** The folder of Kafka's classes, fetched by Maven once for this user; whole or not there, whoever else fetches it meanwhile. */
export const kafkaJars = async (cache: string, tell: (line: string) => void): Promise<string> => {
  if (!hasKafkaJars(cache)) {
    const mvn = program("mvn");
    tell(`fetching Kafka ${kafkaVersion} by Maven into ${jarsFolder(cache)} (about 60 MB, once)`);
    mkdirSync(cache, { recursive: true });
    const draft = mkdtempSync(join(cache, ".new-"));
    try {
      await fetch(mvn, draft);
      if (!hasKafkaJars(cache)) renameSync(draft, jarsFolder(cache));
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return jarsFolder(cache);
};

const fetch = async (mvn: string, into: string) => {
  // Strict checksums; and not the folder of the project, in which Maven would look for settings of its own.
  const options = ["-q", "-B", "-C", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${into}`, "-DincludeScope=runtime"];
  const { code, lines } = await output(mvn, options);
  if (code !== 0) throw new CannotStart(`Maven cannot fetch Kafka ${kafkaVersion}: ${lines.slice(0, 4).join(" ")}`);
};
