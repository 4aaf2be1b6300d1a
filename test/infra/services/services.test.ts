import assert from "node:assert/strict";
import { Client } from "pg";
import { createClient } from "redis";
import { findProgram } from "#infra/services/programs.ts";
import type { Service } from "#infra/services/service.ts";
import type { Services } from "#infra/services/services.ts";
import { command, privately } from "./support.ts";

const missing = (["postgres", "redis-server"] as const).filter((name) => findProgram(name) === undefined);
const only = ["postgres", "redis"] as const;

const named = ({ all }: Services, name: string): Service => {
  const found = all.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
};

const killAlone = ({ pid }: Service) => {
  assert.ok(pid !== null && pid > 1);
  process.kill(pid, "SIGKILL");
};

const query = async (url: string | undefined, text: string): Promise<unknown[]> => {
  assert.ok(url);
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
};

const ping = async (url: string | undefined): Promise<string> => {
  const client = createClient({ url: url ?? "", socket: { reconnectStrategy: false } });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await client.ping();
  } finally {
    client.destroy();
  }
};

const answer = async (services: Services) => {
  const { DATABASE_URL, REDIS_URL } = services.environment();
  assert.deepEqual(await query(DATABASE_URL, "select 1"), [1]);
  assert.equal(await ping(REDIS_URL), "PONG");
};

describe(missing.length > 0 ? `not run here: PostgreSQL and Redis as services (${missing.join(" and ")} missing)` : "PostgreSQL and Redis as services", () => {
  if (missing.length > 0) {
    it("are not required by WAYBILL_TEST_REQUIRE", () => assert.doesNotMatch(process.env["WAYBILL_TEST_REQUIRE"] ?? "", /redis/));
    return;
  }

  it("answer when up has returned, and are gone when down has", async () => {
    await using services = await privately({ only });
    await services.up();
    await answer(services);
    assert.deepEqual(await query(services.environment()["DATABASE_URL"], "select current_setting('max_connections')"), ["500"]);
    await services.down();
    assert.deepEqual(services.environment(), {});
    assert.deepEqual(services.all.map(({ pid }) => pid), [null, null]);
  });

  it("ask for the password that is in their addresses", async () => {
    await using services = await privately({ only });
    await services.up();
    const { DATABASE_URL, REDIS_URL } = services.environment();
    await assert.rejects(query(DATABASE_URL?.replace(/:[^:@]+@/, ":wrong@"), "select 1"), /password/);
    await assert.rejects(ping(REDIS_URL?.replace(/:[^:@]+@/, ":wrong@")), /WRONGPASS/);
  });

  it("keep their data, ports and addresses over kill -9 and a new start", async () => {
    await using services = await privately({ only });
    await services.up();
    const before = services.environment();
    await query(before["DATABASE_URL"], "create table kept as select 42 as answer");
    for (const each of services.all) await each.kill();
    assert.deepEqual(services.all.map((each) => each.state().state), ["down", "down"]);
    await services.up();
    await answer(services);
    assert.deepEqual(services.environment(), before);
    assert.deepEqual(await query(before["DATABASE_URL"], "select answer from kept"), [42]);
  });

  it("start again where only the server itself was killed and its children were not", async () => {
    await using services = await privately({ only: ["postgres"] });
    await services.up();
    killAlone(named(services, "postgres"));
    await services.up();
    assert.deepEqual(await query(services.environment()["DATABASE_URL"], "select 1"), [1]);
  });

  it("stay as they are where up finds them up, and go on where it finds them paused", async () => {
    await using services = await privately({ only });
    await services.up();
    const pids = services.all.map(({ pid }) => pid);
    const ran: boolean[] = [];
    await services.up((_, was) => void ran.push(was));
    assert.deepEqual(ran, [true, true]);
    const paused = named(services, "redis");
    await paused.pause();
    assert.equal(paused.state().state, "paused");
    await services.up();
    await answer(services);
    assert.deepEqual(services.all.map(({ pid }) => pid), pids);
  });

  it("are stopped where they are paused", async () => {
    await using services = await privately({ only });
    await services.up();
    for (const each of services.all) await each.pause();
    await services.down();
    assert.deepEqual(services.all.map(({ pid }) => pid), [null, null]);
  });
});

describe(missing.length > 0 ? "not run here: npm run services" : "npm run services", () => {
  if (missing.length > 0) return;

  it("starts daemons that let go of its output, prints their settings and state, and stops them", async () => {
    await using services = await privately({ only });
    const at = ["--data", services.data, "--only", only.join(",")];
    assert.match((await command(["up", ...at])).stdout, /redis is up after [\d.]+ s: 127\.0\.0\.1:\d+, process \d+\n/);
    assert.match((await command(["up", ...at])).stdout, /postgres runs already: 127\.0\.0\.1:\d+, process \d+\n/);
    const { DATABASE_URL, REDIS_URL } = services.environment();
    assert.equal((await command(["env", ...at])).stdout, `export DATABASE_URL='${DATABASE_URL}'\nexport REDIS_URL='${REDIS_URL}'\n`);
    await command(["kill", "redis", "--data", services.data]);
    assert.equal((await command(["env", ...at])).stdout, `export DATABASE_URL='${DATABASE_URL}'\n`);
    assert.match((await command(["status", ...at])).stdout, /^service +state +pid +port +up since +memory\npostgres +up +\d+ .*\nredis +down +- /);
    assert.match((await command(["status", "--json", ...at])).stdout, /^\[\{"name":"postgres","port":\d+,"state":"up","pid":\d+/);
    assert.equal((await command(["down", ...at])).code, 0);
    assert.deepEqual(await command(["env", ...at]), { code: 1, stdout: "", stderr: "no service is up: npm run services -- up\n" });
  });
});
