import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { CliConfig } from "#api/cli/session.ts";

const text = z
  .string()
  .transform((value) => (value === "" ? undefined : value))
  .optional();

const CliEnvironment = z.object({
  WAYBILL_URL: text,
  WAYBILL_DATA: text,
  WAYBILL_TOKEN: text,
  XDG_DATA_HOME: text,
  NO_COLOR: text,
  TERM: text,
});

/** What the environment tells the CLI. */
export const cliConfig = (environment: NodeJS.ProcessEnv = process.env): CliConfig => {
  const { WAYBILL_URL, WAYBILL_DATA, WAYBILL_TOKEN, XDG_DATA_HOME, NO_COLOR, TERM } = CliEnvironment.parse(environment);
  return {
    url: WAYBILL_URL ?? "http://127.0.0.1:4000",
    data: WAYBILL_DATA ?? "data",
    token: WAYBILL_TOKEN ?? null,
    trust: join(XDG_DATA_HOME ?? join(homedir(), ".local", "share"), "waybill", "trust"),
    color: NO_COLOR === undefined && TERM !== "dumb",
  };
};
