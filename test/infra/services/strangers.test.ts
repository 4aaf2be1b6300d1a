import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { birthOf } from "#infra/services/processes.ts";
import { findProgram } from "#infra/services/programs.ts";
import { recordedIn } from "#infra/services/record.ts";
import { command, privately } from "./support.ts";

const stranger = () => {
  const child = spawn("sleep", ["100"], { stdio: "ignore" });
  const { pid } = child;
  assert.ok(pid !== undefined);
  return { pid, birth: birthOf(pid), [Symbol.dispose]: () => child.kill("SIGKILL") };
};

const record = (folder: string, pid: number, birth: string | null) => writeFileSync(join(folder, "process.json"), JSON.stringify({ pid, birth, since: "2026-01-01T00:00:00Z" }));

describe("Services and what is not theirs", () => {
  it("leave a process alone that got the id of a dead service", async () => {
    using other = stranger();
    await using services = await privately({ only: ["redis"] });
    record(join(services.data, "redis"), other.pid, "another boot 1234");
    const [redis] = services.all;
    assert.equal(redis?.pid, null);
    await redis?.pause();
    await redis?.kill();
    await services.down();
    assert.equal(birthOf(other.pid), other.birth);
  });

  it("know their own process by its id and its start", () => {
    using other = stranger();
    const folder = mkdtempSync(join(tmpdir(), "waybill-record-"));
    try {
      record(folder, other.pid, other.birth);
      assert.equal(recordedIn(folder)?.pid, other.pid);
      writeFileSync(join(folder, "process.json"), "{");
      assert.equal(recordedIn(folder), null);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("say which port another program has taken, and how to have others", async function () {
    if (!findProgram("redis-server")) return;
    await using services = await privately({ only: ["redis"] });
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(services.all[0]?.port, "127.0.0.1", resolve));
    await assert.rejects(services.up(), /redis cannot start: its port \d+ is taken by another program\. .*choices\.json/);
    other.close();
  });
});

describe("npm run services says in one line", () => {
  const folder = mkdtempSync(join(tmpdir(), "waybill-services-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const says = async (options: readonly string[], line: RegExp, environment: Readonly<Record<string, string>> = {}) => {
    const said = await command([...options, "--data", join(folder, "data")], environment);
    assert.equal(said.code, 1);
    assert.match(said.stderr, line);
    assert.doesNotMatch(said.stderr, /\n +at /);
  };

  it("that nothing was started there", () => says(["status"], /^nothing was started in .*: npm run services -- up\n$/));
  it("which package brings a program that is missing", () => says(["up", "--only", "redis"], /^redis-server is not installed: apt-get install redis-server\n$/, { PATH: folder }));
  it("that Java is missing for Kafka", () => says(["up", "--only", "kafka"], /^java is not installed: apt-get install default-jre-headless\n$/, { PATH: folder }));
  it("that a number of brokers stays", () => says(["up", "--brokers", "3"], /has 1 broker, and that stays: take another folder with --data\n$/));
  it("which services there are", () => says(["kill", "mysql"], /^there is no service mysql, only postgres, redis, kafka-1\n$/));
  it("what --only may name", () => says(["up", "--only", "mysql"], /^--only: mysql is none of postgres, redis, kafka\n$/));
  it("which actions there are", () => says(["fly"], /^unknown action fly\nnpm run services -- up/));
});
