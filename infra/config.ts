import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { CliConfig } from "#api/cli/session.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";

const whole = (least: number, most: number, what: string) => z.coerce.number(what).int(what).min(least, what).max(most, what);
const port = whole(0, 65_535, "must be a port: a whole number from 0 to 65535");
const bytes = whole(1, Number.MAX_SAFE_INTEGER, "must be a number of bytes: whole, and at least 1");
const milliseconds = whole(1, 2 ** 31 - 1, "must be a number of milliseconds: whole, and at least 1");
const flag = z.enum(["1", "true", "0", "false"], "must be 1 or 0").transform((word) => word === "1" || word === "true");

/** Every setting of the server, by the name of its environment variable. Nothing else reads the environment. */
const ServerEnvironment = z.object({
  /** Folder of the embedded default: log, read models, keys, uploaded files, the administrator's token. */
  WAYBILL_DATA: z.string().min(1).default("./data"),
  HOST: z.string().min(1).default("127.0.0.1"),
  PORT: port.default(4000),
  LOG_ENGINE: z.enum(["sqlite", "postgres"], "must be sqlite or postgres").default("sqlite"),
  /** PostgreSQL for the read models, and for the log with `LOG_ENGINE=postgres`; without it a private one is started. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must look like postgres://user:password@host:5432/database" }).optional(),
  /** Passphrase of the key vault; without it one is made in `WAYBILL_DATA`. */
  WAYBILL_VAULT_PASSPHRASE: z.string().min(1).optional(),
  /** Largest uploaded file. */
  WAYBILL_MAX_UPLOAD_BYTES: bytes.default(10 * 1024 ** 3),
  /** Largest GraphQL request. */
  WAYBILL_MAX_REQUEST_BYTES: bytes.default(4 * 1024 ** 2),
  /** How long a read waits for the position of its `after`. */
  WAYBILL_READ_WAIT_MS: milliseconds.default(2_000),
  /** How often the publisher looks for metadata that is due for renewal. */
  WAYBILL_RENEWAL_INTERVAL_MS: milliseconds.default(30_000),
  /** Only documents of `WAYBILL_PERSISTED_DOCUMENTS` are executed. */
  WAYBILL_PERSISTED_ONLY: flag.default(false),
  /** Folder of `.graphql` files that are accepted by their hash from the start. */
  WAYBILL_PERSISTED_DOCUMENTS: z.string().min(1).optional(),
});

export type Config = z.infer<typeof ServerEnvironment>;

/** Throws `InvalidInput` with the variable's name for a value that does not fit. */
export const readConfig = (environment: Readonly<Record<string, string | undefined>> = process.env): Config => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = ServerEnvironment.safeParse(given);
  if (!parsed.success)
    throw new InvalidInput(parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message })));
  if (parsed.data.LOG_ENGINE === "postgres" && parsed.data.DATABASE_URL === undefined)
    throw new InvalidInput([{ path: ["DATABASE_URL"], message: "is needed with LOG_ENGINE=postgres" }]);
  return parsed.data;
};

const text = z
  .string()
  .transform((value) => (value === "" ? undefined : value))
  .optional();

const CliEnvironment = z.object({
  /** Where the server is. */
  WAYBILL_URL: text,
  WAYBILL_DATA: text,
  /** Without it the administrator's token in `WAYBILL_DATA` is used. */
  WAYBILL_TOKEN: text,
  XDG_DATA_HOME: text,
  NO_COLOR: text,
  TERM: text,
  /** Set by npm for what it starts; `exec` is npx. */
  npm_command: text,
});

/** What the environment tells the CLI. */
export const cliConfig = (environment: NodeJS.ProcessEnv = process.env): CliConfig => {
  const { WAYBILL_URL, WAYBILL_DATA, WAYBILL_TOKEN, XDG_DATA_HOME, NO_COLOR, TERM, npm_command } = CliEnvironment.parse(environment);
  return {
    program: npm_command === "exec" ? "npx waybill" : "waybill",
    url: WAYBILL_URL ?? "http://127.0.0.1:4000",
    data: WAYBILL_DATA ?? "data",
    token: WAYBILL_TOKEN ?? null,
    trust: join(XDG_DATA_HOME ?? join(homedir(), ".local", "share"), "waybill", "trust"),
    color: NO_COLOR === undefined && TERM !== "dumb",
  };
};
