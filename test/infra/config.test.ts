import assert from "node:assert/strict";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { readConfig } from "#infra/config.ts";

type Environment = Readonly<Record<string, string>>;

const database = { DATABASE_URL: "postgres://waybill@db/waybill" };
const postgres = { ...database, LOG_ENGINE: "postgres" };
const production = { NODE_ENV: "production" };

/** Settings that contradict each other, and the variables that the message names. */
const contradictions: readonly (readonly [what: string, environment: Environment, paths: readonly string[]])[] = [
  ["postgres without its server", { LOG_ENGINE: "postgres" }, ["DATABASE_URL"]],
  ["kafka without brokers", { LOG_ENGINE: "kafka" }, ["KAFKA_BROKERS"]],
  ["eventstoredb without its server", { LOG_ENGINE: "eventstoredb" }, ["EVENTSTORE_URL"]],
  ["one role on the log of one process", { ...database, WAYBILL_ROLE: "api" }, ["LOG_ENGINE"]],
  ["one role on the private PostgreSQL", { LOG_ENGINE: "kafka", KAFKA_BROKERS: "k:9092", WAYBILL_ROLE: "api" }, ["DATABASE_URL"]],
  ["one role on nothing but the embedded", { WAYBILL_ROLE: "worker" }, ["LOG_ENGINE", "DATABASE_URL"]],
  ["TLS to a PostgreSQL that is not there", { DATABASE_TLS_ENABLED: "1" }, ["DATABASE_TLS_ENABLED"]],
  ["TLS that the URL undoes", { DATABASE_URL: `${database.DATABASE_URL}?sslmode=disable`, DATABASE_TLS_ENABLED: "1" }, ["DATABASE_URL"]],
  ["TLS that only the URL asks for", { DATABASE_URL: `${database.DATABASE_URL}?sslmode=require` }, ["DATABASE_URL"]],
  ["TLS that the URL loosens", { DATABASE_URL: `${database.DATABASE_URL}?ssl=no-verify` }, ["DATABASE_URL"]],
  ["an authority of the URL's", { DATABASE_URL: `${database.DATABASE_URL}?sslrootcert=/ca`, DATABASE_TLS_ENABLED: "1" }, ["DATABASE_URL"]],
  ["TLS that only PGSSLMODE asks for", { ...database, PGSSLMODE: "require" }, ["PGSSLMODE"]],
  ["TLS that PGSSLMODE undoes", { ...database, PGSSLMODE: "disable", DATABASE_TLS_ENABLED: "1" }, ["PGSSLMODE"]],
  ...(["DATABASE", "EVENTSTORE", "KAFKA", "REDIS"] as const).flatMap((of): (typeof contradictions)[number][] => {
    const on = { ...database, [`${of}_TLS_ENABLED`]: "1" };
    return [
      [`${of} insecure in production`, { ...on, ...production, [`${of}_TLS_INSECURE`]: "1" }, [`${of}_TLS_INSECURE`]],
      [`a certificate without a key for ${of}`, { ...on, [`${of}_TLS_CERT_FILE`]: "/cert" }, [`${of}_TLS_KEY_FILE`]],
      [`a key without a certificate for ${of}`, { ...on, [`${of}_TLS_KEY_FILE`]: "/key" }, [`${of}_TLS_CERT_FILE`]],
      [`an authority for ${of} without TLS`, { ...database, [`${of}_TLS_CA_FILE`]: "/ca" }, [`${of}_TLS_ENABLED`]],
      [`${of} insecure without TLS`, { ...database, [`${of}_TLS_INSECURE`]: "1" }, [`${of}_TLS_ENABLED`]],
    ];
  }),
];

/** Settings that are wrong by themselves. */
const mistakes: readonly (readonly [name: string, value: string])[] = [
  ["WAYBILL_WEBHOOK_ALLOW", "10.0.0.0/8,10.0.0.0/40"],
  ["WAYBILL_ROLE", "apis"],
  ["WAYBILL_ROLE", ","],
  ["PORT", "65536"],
  ["LOG_ENGINE", "oracle"],
  ["DATABASE_URL", "mysql://db/x"],
  ["EVENTSTORE_URL", "http://es:2113"],
  ["KAFKA_BROKERS", "kafka"],
  ["KAFKA_BROKERS", "::1:9092"],
  ["KAFKA_BROKERS", "[kafka]:9092"],
  ["KAFKA_TOPIC", "a topic"],
  ["KAFKA_REPLICATION", "0"],
  ["KAFKA_SASL_MECHANISM", "gssapi"],
  ["REDIS_URL", "http://redis"],
  ["REDIS_PREFIX", "a b"],
  ["REDIS_TLS_ENABLED", "yes"],
  ["WAYBILL_DRAIN_MS", "0"],
  ["WAYBILL_DRAIN_NOTICE_MS", "-1"],
];

const issuesOf = (environment: Environment): InvalidInput["issues"] => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof InvalidInput) return error.issues;
    throw error;
  }
  return [];
};
const pathsOf = (environment: Environment) => issuesOf(environment).map(({ path }) => path.join("."));

const rolesOf = (role: string) => readConfig({ ...postgres, REDIS_URL: "redis://r", WAYBILL_ROLE: role }).WAYBILL_ROLE;

describe("The configuration", () => {
  for (const [what, environment, paths] of contradictions)
    it(`refuses ${what}, and names ${paths.join(" and ")}`, () => assert.deepEqual(pathsOf(environment), paths));

  for (const [name, value] of mistakes) it(`refuses ${name}=${value}, and names it`, () => assert.deepEqual([...new Set(pathsOf({ [name]: value }).map((path) => path.split(".")[0]))], [name]));

  it("never shows a password of a URL", () => {
    const url = "postgres://waybill:secret@db/waybill?sslmode=require";
    assert.doesNotMatch(JSON.stringify(issuesOf({ DATABASE_URL: url })), /secret/);
  });

  it("takes one role, several, or all", () => {
    assert.deepEqual(rolesOf("worker"), ["worker"]);
    assert.deepEqual(rolesOf("worker, api"), ["api", "worker"]);
    assert.deepEqual(rolesOf("all"), rolesOf(""));
    assert.deepEqual(rolesOf("api,all").length, 4);
  });

  it("lets a URL say of TLS what the settings say", () => {
    assert.deepEqual(pathsOf({ DATABASE_URL: `${database.DATABASE_URL}?sslmode=disable` }), []);
    assert.deepEqual(pathsOf({ DATABASE_URL: `${database.DATABASE_URL}?sslmode=verify-full`, DATABASE_TLS_ENABLED: "1" }), []);
    assert.deepEqual(pathsOf({ PGSSLMODE: "require" }), []);
  });
});
