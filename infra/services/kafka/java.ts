import { CannotStart } from "#infra/cannot-start.ts";
import { output } from "#infra/services/output.ts";
import { program } from "#infra/services/programs.ts";

const oldest = 17;

export interface Java {
  readonly path: string;
  /** As it says itself: `17.0.15`. */
  readonly version: string;
}

/** The Java of the PATH, where it is new enough for Kafka 4. */
export const findJava = async (): Promise<Java> => {
  const path = program("java");
  const { lines } = await output(path, ["-version"]);
  const version = /version "([^"]+)"/.exec(lines.join(" "))?.[1] ?? "";
  if (Number.parseInt(version, 10) >= oldest) return { path, version };
  throw new CannotStart(`Kafka needs Java ${oldest} or newer, ${path} is ${version || "of an unknown version"}: apt-get install openjdk-17-jre-headless`);
};
