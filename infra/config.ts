import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { CliConfig } from "#api/cli/session.ts";
import { usualPatience } from "#domain/deliveries/retry.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { RepositoryName } from "#domain/trust/events.ts";
import { databaseTlsContradictions } from "./database-tls.ts";
import { parseCidr } from "./deliveries/addresses.ts";
import { tlsContradictions, type TlsSettings, tlsVariables } from "./tls.ts";

const whole = (least: number, most: number, what: string) => z.coerce.number(what).int(what).min(least, what).max(most, what);
const port = whole(0, 65_535, "must be a port: a whole number from 0 to 65535");
const bytes = whole(1, Number.MAX_SAFE_INTEGER, "must be a number of bytes: whole, and at least 1");
const milliseconds = whole(1, 2 ** 31 - 1, "must be a number of milliseconds: whole, and at least 1");
const flag = z.enum(["1", "true", "0", "false"], "must be 1 or 0").transform((word) => word === "1" || word === "true");

/** What a process does; any number of processes may do the same. */
export const roles = ["api", "projector", "worker", "deliverer"] as const;
export type Role = (typeof roles)[number];

const broker = /^(\[[0-9a-f:]+\]|[^\s,:[\]]+):\d+$/i;
const list = z.string().transform((text) => text.split(",").map((part) => part.trim()).filter(Boolean));

const engines = ["sqlite", "postgres", "eventstoredb", "kafka"] as const;

/** Every setting of the server, by the name of its environment variable. Nothing else reads the environment. */
const ServerEnvironment = z.object({
  /** Folder of the embedded default: log, read models, keys, uploaded files, the administrator's token. */
  WAYBILL_DATA: z.string().min(1).default("./data"),
  HOST: z.string().min(1).default("127.0.0.1"),
  PORT: port.default(4000),
  /** What this process does: one role, several with commas between them, or `all`. */
  WAYBILL_ROLE: list
    .pipe(z.array(z.enum([...roles, "all"], `must be all, or of ${roles.join(", ")}`)).min(1, "names no role"))
    .transform((names): readonly Role[] => roles.filter((role) => names.includes(role) || names.includes("all")))
    .default([...roles]),
  LOG_ENGINE: z.enum(engines, `must be one of ${engines.join(", ")}`).default("sqlite"),
  /** PostgreSQL for the read models, and for the log with `LOG_ENGINE=postgres`; without it a private one is started. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must look like postgres://user:password@host:5432/database" }).optional(),
  /** For `LOG_ENGINE=eventstoredb`: one server, or a cluster by `esdb+discover:` or several hosts. */
  EVENTSTORE_URL: z.string().regex(/^esdb(\+discover)?:\/\/\S+$/, "must look like esdb://host:2113").optional(),
  /** With `EVENTSTORE_PASSWORD`; takes the place of a user in the URL. */
  EVENTSTORE_USER: z.string().min(1).optional(),
  EVENTSTORE_PASSWORD: z.string().optional(),
  /** For `LOG_ENGINE=kafka`. */
  KAFKA_BROKERS: list.pipe(z.array(z.string().regex(broker, "must look like host:9092,other:9092")).min(1, "names no broker")).optional(),
  /** The public topic of events; names of the internal ones begin with it. */
  KAFKA_TOPIC: z.string().regex(/^[a-zA-Z0-9._-]{1,200}$/, "must be the name of a topic: letters, digits, . _ -").default("waybill.events"),
  /** Copies of each record, on topics that are made; 1 for a single broker. */
  KAFKA_REPLICATION: whole(1, 7, "must be a number of copies from 1 to 7").default(3),
  KAFKA_USER: z.string().min(1).optional(),
  KAFKA_PASSWORD: z.string().optional(),
  KAFKA_SASL_MECHANISM: z.enum(["plain", "scram-sha-256", "scram-sha-512"], "must be plain, scram-sha-256 or scram-sha-512").default("scram-sha-512"),
  /** Hot copies, leases and limits across processes; without it this process's memory and PostgreSQL do the same more slowly. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: "must look like redis://user:password@host:6379/0" }).optional(),
  /** Begins every key, so that several installations may share a server. */
  REDIS_PREFIX: z.string().regex(/^[a-zA-Z0-9._:-]{1,64}$/, "must be letters, digits, . _ : -").default("waybill"),
  /** As the clients of PostgreSQL heed it: here `DATABASE_TLS_ENABLED` is in its place. */
  PGSSLMODE: z.string().optional(),
  /** `production` refuses what is only fit for trying out. */
  NODE_ENV: z.string().optional(),
  ...tlsVariables,
  /** Passphrase of the key vault; without it one is made in `WAYBILL_DATA`. */
  WAYBILL_VAULT_PASSPHRASE: z.string().min(1).optional(),
  /** Requests by one token, or by one address without a valid token; absent: any number. */
  WAYBILL_REQUESTS_PER_MINUTE: whole(1, 1_000_000, "must be a number of requests: whole, and at least 1").optional(),
  /** Tokens that are not valid, by one address; 0: any number. */
  WAYBILL_FAILED_TOKENS_PER_MINUTE: whole(0, 1_000_000, "must be a number of requests: whole, 0 for no limit").default(300),
  /** TUF files, by one address; absent: any number. */
  WAYBILL_FILES_PER_MINUTE: whole(1, 1_000_000, "must be a number of requests: whole, and at least 1").optional(),
  /** Largest uploaded file. */
  WAYBILL_MAX_UPLOAD_BYTES: bytes.default(10 * 1024 ** 3),
  /** Largest GraphQL request. */
  WAYBILL_MAX_REQUEST_BYTES: bytes.default(4 * 1024 ** 2),
  /** How long a read waits for the position of its `after`. */
  WAYBILL_READ_WAIT_MS: milliseconds.default(2_000),
  /** How long requests that are under way, and the task in hand, may go on when the process is told to stop. */
  WAYBILL_DRAIN_MS: milliseconds.default(25_000),
  /** How long connections are still taken when `/readyz` says already that the process is about to stop: for load balancers that ask it. */
  WAYBILL_DRAIN_NOTICE_MS: whole(0, 2 ** 31 - 1, "must be a number of milliseconds: whole").default(0),
  /** What the artifact graph may take of the memory of a process that serves it; beyond it, and with 0, its tables are walked. */
  WAYBILL_GRAPH_MEMORY_MB: whole(0, 2 ** 20, "must be a number of megabytes: whole").default(256),
  /** Name of the ledger in its checkpoints, like example.com/waybill: taken when its key is made, at the first start. */
  WAYBILL_LEDGER_ORIGIN: z.string().regex(/^[^\s+]{1,200}$/u, "must have no blanks and no +").optional(),
  /** How often the ledger's growth is signed. */
  WAYBILL_LEDGER_INTERVAL_MS: milliseconds.default(1_000),
  /** The TUF repository that gets the newest checkpoint as target ledger/checkpoint, with the key as ledger/key. */
  WAYBILL_LEDGER_REPOSITORY: RepositoryName.optional(),
  /** How often it gets it, where anything happened meanwhile. */
  WAYBILL_LEDGER_PUBLICATION_MS: milliseconds.default(3_600_000),
  /** How often the publisher looks for metadata that is due for renewal. */
  WAYBILL_RENEWAL_INTERVAL_MS: milliseconds.default(30_000),
  /** Addresses beside the public ones that webhooks may lead to, also by plain HTTP: `10.1.0.0/16,fd00::/8`. */
  WAYBILL_WEBHOOK_ALLOW: list
    .pipe(z.array(z.string().refine((range) => parseCidr(range) !== null, "must be ranges of addresses like 10.1.0.0/16 or fd00::/8, with commas between them")))
    .default([]),
  /** How long an endpoint may take to answer. */
  WAYBILL_WEBHOOK_TIMEOUT_MS: milliseconds.default(15_000),
  /** The pause behind the first failed delivery; each further one is twice as long, up to four hours. */
  WAYBILL_WEBHOOK_RETRY_MS: milliseconds.default(usualPatience.firstMs),
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
  const issues = contradictions(parsed.data);
  if (issues.length > 0) throw new InvalidInput(issues);
  return parsed.data;
};

const contradictions = (config: Config): InvalidInput["issues"][number][] => {
  const { LOG_ENGINE: engine, WAYBILL_ROLE: role } = config;
  const alone = role.length === roles.length;
  const needed = { postgres: "DATABASE_URL", eventstoredb: "EVENTSTORE_URL", kafka: "KAFKA_BROKERS", sqlite: undefined } as const;
  const address = needed[engine];
  return [
    ...(address !== undefined && config[address] === undefined ? [{ path: [address], message: `is needed with LOG_ENGINE=${engine}` }] : []),
    ...(!alone && engine === "sqlite" ? [{ path: ["LOG_ENGINE"], message: "cannot be sqlite with WAYBILL_ROLE: that log belongs to one process, which does everything" }] : []),
    ...(!alone && config.DATABASE_URL === undefined ? [{ path: ["DATABASE_URL"], message: "is needed with WAYBILL_ROLE: the private PostgreSQL belongs to one process" }] : []),
    ...databaseTlsContradictions(config),
    ...(["DATABASE", "EVENTSTORE", "KAFKA", "REDIS"] as const).flatMap((of) => tlsContradictions(of, tlsSettings(config, of), config.NODE_ENV === "production")),
  ];
};

/** The environment with what the command line says in its place. */
export const environmentWith = (settings: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> => ({
  ...process.env,
  ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
});

/** Nothing of this installation's truth is in the data folder but keys and blobs: any number of processes may have it in common. */
export const isShared = ({ LOG_ENGINE, DATABASE_URL }: Config): boolean => LOG_ENGINE !== "sqlite" && DATABASE_URL !== undefined;

/** The TLS settings of one dependency. */
export const tlsSettings = (config: Config, of: "DATABASE" | "EVENTSTORE" | "KAFKA" | "REDIS"): TlsSettings => ({
  enabled: config[`${of}_TLS_ENABLED`],
  caFile: config[`${of}_TLS_CA_FILE`],
  insecure: config[`${of}_TLS_INSECURE`],
  certFile: config[`${of}_TLS_CERT_FILE`],
  keyFile: config[`${of}_TLS_KEY_FILE`],
});

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

/** Folder of what can be fetched again, for all projects of this user. */
export const cacheFolder = ({ XDG_CACHE_HOME } = process.env): string => join(XDG_CACHE_HOME || join(homedir(), ".cache"), "waybill");

/** Folders of programs. */
export const searchPath = ({ PATH } = process.env): string => PATH ?? "/usr/bin:/bin";
