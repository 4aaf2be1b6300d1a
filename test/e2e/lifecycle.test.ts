import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { type Run, waybill as runCli } from "#test/api/cli/support/waybill.ts";
import { postgresOf } from "#test/support/postgres-of.ts";
import { eventually } from "#test/support/projecting.ts";
import { add, bootstrap, contentOf, settled } from "#test/support/publishing.ts";
import { tufClients } from "#test/support/tuf-client.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";

const ownPostgres = (process.env["LOG_ENGINE"] ?? "sqlite") === "sqlite";

let waybill: TestWaybill;
let clients: Awaited<ReturnType<typeof tufClients>>;
const acknowledged: string[] = [];

const adds = async (...names: readonly string[]) => {
  await add(waybill, "demo", names);
  acknowledged.push(...names);
};

/** A stranger gets everything that was ever acknowledged. */
const everythingIsThere = async () => {
  await settled(waybill, "demo");
  const client = await clients.cold();
  for (const name of acknowledged) assert.equal(await client.fetch(name), contentOf(name));
};

const cli = (args: readonly string[], token = waybill.token): Promise<Run> => runCli(args, { env: { WAYBILL_URL: waybill.url, WAYBILL_TOKEN: token } });

const statusOf = async (path: string): Promise<number> => {
  const response = await fetch(`${waybill.url}${path}`);
  await response.body?.cancel();
  return response.status;
};

/** One line for the operator: no stack, nothing left running. */
const isRefused = ({ code, output }: { readonly code: number | null; readonly output: string }, says: RegExp): void => {
  const said = output.trim().split("\n").filter((line) => !line.startsWith("{"));
  assert.deepEqual([said.length, code], [1, 2], output);
  assert.match(said[0] ?? "", /^waybill cannot start: /);
  assert.match(said[0] ?? "", says);
};

describe("Waybill's life", () => {
  before(async () => {
    waybill = await startWaybill();
    clients = await tufClients(() => `${waybill.url}/tuf/demo`);
    await bootstrap(waybill, "demo", 4);
    await adds("first");
    await settled(waybill, "demo");
  });
  after(async () => {
    await clients[Symbol.asyncDispose]();
    await waybill[Symbol.asyncDispose]();
  });

  it("begins with where it is, where the token is and what to try next", async () => {
    assert.match(waybill.output(), /GraphiQL +http:\/\/127\.0\.0\.1:\d+\/graphql\n/);
    assert.match(waybill.output(), /Token +\S.*\/admin-token /);
    assert.match(waybill.output(), /Next +npx waybill init demo /);
    assert.equal(await statusOf("/readyz"), 200);
  });

  it("keeps the administrator's token from everybody else", () => assert.equal(statSync(join(waybill.data, "admin-token")).mode & 0o777, 0o600));

  it("shows strangers health and the repository's files, and nothing else", async () => {
    for (const path of ["/healthz", "/readyz", "/tuf/demo/metadata/1.root.json", "/tuf/demo/metadata/timestamp.json", "/tuf/demo/targets/first"])
      assert.equal(await statusOf(path), 200, path);
    for (const path of ["/graphql?query={status{version}}", "/blobs", "/", "/tuf/demo", "/tuf/demo/keys", "/tuf/demo/../../admin-token"])
      assert.ok([401, 404, 405].includes(await statusOf(path)), path);
    for (const path of ["/blobs", "/graphql"]) {
      const headers = { authorization: "Bearer wb_none", "content-type": "application/json" };
      const response = await fetch(`${waybill.url}${path}`, { method: "POST", headers, body: JSON.stringify({ query: "{ status { version } }" }) });
      assert.deepEqual([response.status, (await response.text()).includes("UNAUTHENTICATED")], [401, true], path);
    }
  });

  it("gives a token its scope and no more, until it is revoked", async () => {
    const made = await cli(["token", "create", "reader", "--scope", "read", "--json"]);
    const { id, secret } = z.object({ id: z.string(), secret: z.string() }).parse(JSON.parse(made.stdout));
    assert.equal((await cli(["show", "demo"], secret)).code, 0);
    const refused = await cli(["remove", "demo", "first"], secret);
    assert.deepEqual([refused.code, refused.stderr.includes("FORBIDDEN")], [4, true], refused.stderr);
    assert.equal((await cli(["token", "revoke", id])).code, 0);
    // It was believed a moment ago, and is for half a second more.
    const after = await eventually(() => cli(["show", "demo"], secret), ({ code }) => code !== 0);
    assert.deepEqual([after.code, after.stderr.includes("UNAUTHENTICATED")], [4, true], after.stderr);
  });

  it("rebuilds a read model while targets are added, and loses none", async () => {
    const rebuilt = cli(["rebuild", "tuf", "--wait"]);
    for (let n = 0; n < 5; n++) await adds(`during a rebuild ${n}`);
    const { code, stdout, stderr } = await rebuilt;
    assert.deepEqual([code, stdout.startsWith("rebuilt tuf in ")], [0, true], stderr);
    await everythingIsThere();
  });

  if (ownPostgres)
    it("refuses a second process on the same data, and does not mind it", async () => {
      isRefused(await waybill.beside(), new RegExp(`in use by another Waybill \\(process ${waybill.pid}\\)`));
      assert.equal(await statusOf("/readyz"), 200);
    });
  else
    it("goes on beside a second process that does the same, and without it", async () => {
      assert.equal((await waybill.beside()).code, 0);
      assert.equal(await statusOf("/readyz"), 200);
      await adds("after another has left");
      await everythingIsThere();
    });

  if (!ownPostgres)
    it("is not disturbed by one that would have the folder for itself", async () =>
      isRefused(await waybill.beside({ LOG_ENGINE: "sqlite", DATABASE_URL: "" }), /in use by another Waybill/));

  it("stops at Ctrl-C and leaves no process behind", async () => {
    assert.equal(postgresOf(waybill.data).length > 0, ownPostgres);
    assert.equal(await waybill.kill("SIGINT"), 0);
    assert.match(waybill.output(), /stopping …\n$/);
    assert.deepEqual(postgresOf(waybill.data), []);
  });

  it("goes on where it was", async () => {
    await waybill.start({});
    await everythingIsThere();
    await adds("after a restart");
    await everythingIsThere();
  });

  it("takes over what a kill -9 left, with everything acknowledged", async () => {
    await Promise.all([1, 2, 3].map((n) => adds(`before a kill ${n}`)));
    await waybill.kill("SIGKILL");
    assert.equal(postgresOf(waybill.data).length > 0, ownPostgres);
    await waybill.start({});
    await everythingIsThere();
    await waybill.kill("SIGINT");
    assert.deepEqual(postgresOf(waybill.data), []);
  });

  it("says that its port is taken, and takes its PostgreSQL with it", async () => {
    const other: Server = await new Promise((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
    });
    const address = other.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    isRefused(await waybill.beside({ PORT: String(port) }), new RegExp(`port ${port} of 127\\.0\\.0\\.1 is taken.* set PORT`));
    other.close();
    assert.deepEqual(postgresOf(waybill.data), []);
  });

  for (const [variable, value, says] of [
    ["PORT", "abc", "must be a port"],
    ["LOG_ENGINE", "oracle", "must be one of sqlite, postgres"],
    ["DATABASE_URL", "mysql://localhost/x", "must look like postgres:"],
    ["WAYBILL_PERSISTED_DOCUMENTS", "/nonexistent", "ENOENT"],
    ["WAYBILL_VAULT_PASSPHRASE", "not the one", "that it was made with"],
    ["HOST", "203.0.113.7", "has no address 203.0.113.7"],
  ] as const)
    it(`says in one line what is wrong with ${variable}=${value}`, async () => {
      const ending = await waybill.beside({ [variable]: value });
      isRefused(ending, new RegExp(`${variable}\\b.*${says}|${says}.*${variable}|${says}`));
      assert.match(ending.output, new RegExp(variable));
    });

  it("says that LOG_ENGINE=postgres needs DATABASE_URL", async () =>
    isRefused(await waybill.beside({ LOG_ENGINE: "postgres", DATABASE_URL: "" }), /DATABASE_URL: is needed with LOG_ENGINE=postgres/));

  if (ownPostgres)
    it("fills its read models again when their folder was deleted", async () => {
      await rename(join(waybill.data, "postgres"), join(waybill.data, "away"));
      await waybill.start({});
      await everythingIsThere();
      await adds("after a loss");
      await everythingIsThere();
      await rm(join(waybill.data, "away"), { recursive: true });
    });
});
