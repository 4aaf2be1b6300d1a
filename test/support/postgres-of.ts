import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { processesIn } from "#infra/embedded-postgres/processes.ts";

/** Every process of the private PostgreSQL of a data folder. */
export const postgresOf = (data: string): readonly number[] => {
  const elsewhere = join(data, "postgres/kept-elsewhere");
  return processesIn(join(existsSync(elsewhere) ? readFileSync(elsewhere, "utf8").trim() : join(data, "postgres"), "cluster"));
};
