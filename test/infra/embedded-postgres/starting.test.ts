import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { thisMachine } from "#infra/embedded-postgres/machine.ts";
import { commandOf } from "#infra/embedded-postgres/processes.ts";
import { temporary } from "#test/support/embedded-postgres/folders.ts";
import { startInChild } from "#test/support/embedded-postgres/child.ts";
import { isRoot } from "#test/support/embedded-postgres/privileges.ts";
import { ask, initialised, marks, running, start } from "#test/support/embedded-postgres/servers.ts";

/** A folder with a cluster, whose name is too long for a socket. */
const long = () => {
  const parent = join(temporary(), "a-name-too-long-for-a-socket".repeat(4));
  mkdirSync(parent);
  return initialised(join(parent, "postgres"));
};

describe("the embedded PostgreSQL: starting and stopping", () => {
  it("makes a cluster at the first start and finds it again at the next, in a folder with a space and a quote", async () => {
    const folder = join(temporary(`it's "data", `), "post gres");
    const first = await start(folder);
    assert.deepEqual(await ask(first, "create table marks (mark text)", "insert into marks values ('kept')", "table marks"), ["kept"]);
    await first.stop();
    const second = await start(folder);
    assert.deepEqual(await marks(second), ["kept"]);
    assert.equal(second.adopted, false);
    await second.stop();
  });

  it("is gone after stop, which may be called again", async () => {
    const server = await start(await initialised());
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    assert.equal(commandOf(server.pid), null);
  });

  it("disconnects its clients when it stops", async () => {
    const server = await start(await initialised());
    const asked = assert.rejects(ask(server, "select pg_sleep(60)"), /terminat/);
    await running(server, "select pg_sleep");
    await server.stop();
    await asked;
  });

  it("keeps secrets from other users", async () => {
    const folder = await initialised();
    const server = await start(folder);
    const others = (name: string) => statSync(join(folder, name)).mode & 0o077;
    assert.deepEqual(["password", "cluster", "socket"].map(others), [0, 0, 0]);
    assert.equal(readFileSync(`/proc/${server.pid}/cmdline`, "utf8").includes(server.password), false);
    await assert.rejects(ask({ url: server.url.replace(server.password, "guess") }, "select 1"), /password authentication failed/);
    await server.stop();
  });

  it("listens on a socket alone, and its password file of initdb is gone", async () => {
    const folder = await initialised();
    const server = await start(folder);
    assert.deepEqual(await ask(server, "show listen_addresses"), [""]);
    assert.deepEqual(readdirSync(folder).sort(), ["cluster", "password", "socket"]);
    await server.stop();
  });

  it("listens on the loopback address alone where the folder's name is too long for a socket", async () => {
    const server = await start(await long());
    assert.equal(server.host, "127.0.0.1");
    assert.deepEqual(await ask(server, "show listen_addresses"), ["127.0.0.1"]);
    assert.deepEqual(await marks(server), ["kept"]);
    await server.stop();
  });

  it("takes another port where somebody took the free one in between", async () => {
    await using taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const address = taken.address();
    assert.ok(address && typeof address === "object");
    const ports = [address.port, address.port, await thisMachine().freePort()];
    const server = await start(await long(), { freePort: async () => ports.shift() ?? 0 });
    assert.deepEqual(ports, []);
    assert.notEqual(server.port, address.port);
    assert.deepEqual(server.logged, []);
    await server.stop();
  });

  it("survives the Ctrl-C that goes to the whole process group, until we end it", async () => {
    const folder = await initialised();
    const child = await startInChild(folder);
    await child.end("SIGINT", true);
    assert.equal(child.process.exitCode, 0);
    assert.equal(commandOf(child.pid), null);
  });

  it("starts under a umask that closes everything", async () => {
    const before = process.umask(0o077);
    try {
      const folder = join(temporary(), "below", "postgres");
      const server = await start(folder, { sharedLibrary: join(temporary(), "library") });
      assert.deepEqual(await ask(server, "select 1"), [1]);
      await server.stop();
    } finally {
      process.umask(before);
    }
  });

  it("runs as the user who started it, and as nobody where that is root", async () => {
    const server = await start(await initialised());
    const uid = statSync(`/proc/${server.pid}`).uid;
    assert.equal(uid, isRoot ? 65_534 : process.getuid?.());
    await server.stop();
  });

  it("does not tear pages in a power cut, and reads the lost tail from the log", async () => {
    const server = await start(await initialised());
    const settings = ["fsync", "full_page_writes", "synchronous_commit", "data_checksums"];
    assert.deepEqual(await Promise.all(settings.map(async (name) => (await ask(server, `show ${name}`))[0])), ["on", "on", "off", "on"]);
    await server.stop();
  });
});
