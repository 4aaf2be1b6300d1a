import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { CannotStart } from "#infra/cannot-start.ts";
import { searchPath } from "#infra/config.ts";

/** The package of Debian and Ubuntu that brings each program. */
const packages = { java: "default-jre-headless", mvn: "maven", "redis-server": "redis-server", initdb: "postgresql", postgres: "postgresql" } as const;

export type Program = keyof typeof packages;

/** Its path; `CannotStart` names the package where it is missing. */
export const program = (name: Program): string => {
  const found = findProgram(name);
  if (found) return found;
  throw new CannotStart(`${name} is not installed: apt-get install ${packages[name]}`);
};

export const findProgram = (name: Program, folders: readonly string[] = [...clusters(), ...searchPath().split(delimiter)]): string | undefined =>
  folders.map((folder) => join(folder, name)).find(isProgram);

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const debian = "/usr/lib/postgresql";

/** Debian keeps PostgreSQL's programs out of the PATH, by version; the newest counts. */
const clusters = (): readonly string[] =>
  existsSync(debian)
    ? readdirSync(debian)
        .sort((one, other) => Number(other) - Number(one))
        .map((version) => join(debian, version, "bin"))
    : [];
