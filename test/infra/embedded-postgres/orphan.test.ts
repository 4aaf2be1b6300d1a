import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { commandOf, processesIn } from "#infra/embedded-postgres/processes.ts";
import { temporary } from "#test/support/embedded-postgres/folders.ts";
import { startInChild } from "#test/support/embedded-postgres/child.ts";
import { copyPackage } from "#test/support/embedded-postgres/project.ts";
import { ask, initialised, marks, running, start } from "#test/support/embedded-postgres/servers.ts";

/** A server whose Node was killed. */
const orphaned = async (folder: string, manifest?: string) => {
  const child = await startInChild(folder, manifest ? { manifest } : {});
  await child.end("SIGKILL");
  assert.ok(lives(child.pid));
  return child;
};

/** Nobody may ask for an orphan's end, so a dead one can keep its pid; it has no command any more. */
const lives = (pid: number) => commandOf(pid) !== null;

const until = async (holds: () => boolean) => {
  while (!holds()) await setTimeout(5);
};

/** A cluster whose server was killed, and whose pid file names another process. */
const withPidOf = async (folder: string, pid: number) => {
  const server = await start(folder);
  process.kill(server.pid, "SIGKILL");
  await until(() => processesIn(join(folder, "cluster")).length === 0);
  const file = join(folder, "cluster/postmaster.pid");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(pid)));
};

describe("the embedded PostgreSQL: what an earlier run left", () => {
  it("adopts the server of a killed Node, with its data, and stops it in the end", async () => {
    const folder = await initialised();
    const orphan = await orphaned(folder);
    const server = await start(folder);
    assert.deepEqual([server.adopted, server.pid, server.url], [true, orphan.pid, orphan.url]);
    assert.deepEqual(await marks(server), ["kept"]);
    await server.stop();
    assert.equal(lives(orphan.pid), false);
  });

  it("ends an orphan of other programs or settings and starts anew", async () => {
    const folder = await initialised();
    const orphan = await orphaned(folder, copyPackage(temporary()));
    const server = await start(folder);
    assert.deepEqual([server.adopted, lives(orphan.pid), await marks(server)], [false, false, ["kept"]]);
    assert.match(server.logged.join(), /^ending a PostgreSQL that an earlier run left/);
    await server.stop();
  });

  it("ends an orphan that does not take our password, and builds anew", async () => {
    const folder = await initialised();
    const orphan = await orphaned(folder);
    writeFileSync(join(folder, "password"), "another");
    const server = await start(folder);
    assert.deepEqual([server.adopted, lives(orphan.pid)], [false, false]);
    assert.match(server.logged.join(), /read models are built anew .*does not take its password/);
    await server.stop();
  });

  it("ends the children of a server that was killed before it lets a new one near their files", async () => {
    const folder = await initialised();
    const first = await start(folder);
    const busy = ask(first, "do $$ begin loop end loop; end $$").catch(() => "cut off");
    await running(first, "do $$ begin loop");
    process.kill(first.pid, "SIGKILL");
    await until(() => !lives(first.pid));
    const server = await start(folder);
    assert.equal(await busy, "cut off");
    assert.match(server.logged.join(), /^ending what a dead PostgreSQL left/);
    assert.deepEqual([server.adopted, await marks(server)], [false, ["kept"]]);
    await server.stop();
  });

  it("starts over the pid file of a server that was killed with all its children", async () => {
    const folder = await initialised();
    await withPidOf(folder, 2 ** 22 + 1);
    const server = await start(folder);
    assert.deepEqual([server.adopted, await marks(server)], [false, ["kept"]]);
    await server.stop();
  });

  it("neither trusts nor touches a stranger that got the dead server's pid", async () => {
    const folder = await initialised();
    const stranger = spawn("sleep", ["600"], { uid: process.getuid?.() === 0 ? 65_534 : undefined, stdio: "ignore" });
    await withPidOf(folder, stranger.pid ?? 0);
    const server = await start(folder);
    assert.deepEqual([server.adopted, await marks(server)], [false, ["kept"]]);
    await server.stop();
    assert.equal(stranger.exitCode ?? stranger.signalCode, null);
    stranger.kill();
  });

  it("neither trusts nor touches the server of another folder that got the dead server's pid", async () => {
    const [folder, other] = [await initialised(), await start(await initialised())];
    await withPidOf(folder, other.pid);
    const server = await start(folder);
    assert.equal(server.adopted, false);
    await server.stop();
    assert.deepEqual(await marks(other), ["kept"]);
    await other.stop();
  });

  it("starts beside the orphan of a folder that was deleted, whose end takes nothing along", async () => {
    const folder = await initialised();
    const orphan = await orphaned(folder);
    rmSync(folder, { recursive: true });
    const server = await start(await initialised(folder));
    // As it does by itself within a minute, when it misses its pid file.
    process.kill(orphan.pid, "SIGQUIT");
    await until(() => !lives(orphan.pid));
    assert.deepEqual([server.adopted, await marks(server)], [false, ["kept"]]);
    assert.ok(existsSync(join(folder, "socket")));
    await server.stop();
  });
});
