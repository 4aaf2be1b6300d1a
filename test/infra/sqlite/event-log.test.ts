import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Unavailable } from "#domain/kernel/errors.ts";
import { prepared } from "#infra/log/prepared.ts";
import { appender } from "#infra/sqlite/append.ts";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { openLogFile } from "#infra/sqlite/log-file.ts";
import { reader } from "#infra/sqlite/read.ts";
import { append, cause, everything, noLimits, type Store, ticks, upTo } from "#test/conformance/event-log/harness.ts";
import { eventLogConformance } from "#test/conformance/event-log/suite.ts";

const folder = () => {
  const path = mkdtempSync(join(tmpdir(), "waybill-log-"));
  return { file: join(path, "log.sqlite"), [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
};

const store = async (): Promise<Store> => {
  const { file, [Symbol.dispose]: remove } = folder();
  return {
    open: async () => openSqliteLog(file, { poll: 50 }),
    elsewhere: { opener: new URL("opener.ts", import.meta.url), location: file },
    slowAppend: async (stream) => {
      const db = openLogFile(file);
      db.exec("begin immediate");
      appender(db, reader(db).receipt)([prepared(stream, ticks(1), { expected: "any", cause: cause() })]);
      return {
        commit: async () => {
          db.exec("commit");
          db.close();
        },
      };
    },
    [Symbol.asyncDispose]: async () => remove(),
  };
};

eventLogConformance("sqlite", { limits: noLimits, store });

describe("sqlite as an EventLog: its own", () => {
  it("is for nobody else to read, whatever the folder", async () => {
    using there = folder();
    chmodSync(dirname(there.file), 0o755);
    await using log = openSqliteLog(there.file);
    await append(log, "s", 1);
    for (const file of [there.file, `${there.file}-wal`, `${there.file}-shm`]) assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("refuses a file that a later version wrote", () => {
    using there = folder();
    const db = new DatabaseSync(there.file);
    db.exec("pragma user_version = 99");
    db.close();
    assert.throws(() => openSqliteLog(there.file), /later version/);
  });

  it("refuses a file that is no log", () => {
    using there = folder();
    writeFileSync(there.file, "not a database, but long enough to be read as the header of one".repeat(20));
    assert.throws(() => openSqliteLog(there.file), /not a database/);
  });

  it("is unavailable where it cannot open its file", () => {
    assert.throws(() => openSqliteLog(join(tmpdir(), "no", "such", "folder", "log.sqlite")), Unavailable);
  });

  it("refuses appends while another process keeps the lock, and takes them afterwards", async () => {
    using there = folder();
    await using log = openSqliteLog(there.file, { patience: 20 });
    await append(log, "test.clock-1");
    const other = new DatabaseSync(there.file);
    other.exec("begin immediate");
    await assert.rejects(append(log, "test.clock-1"), Unavailable);
    assert.equal((await everything(log)).length, 1);
    other.exec("rollback");
    other.close();
    assert.equal((await append(log, "test.clock-1", 1, 0)).revision, 1);
  });

  it("refuses appends while the disk is full, stores nothing of them by halves, and takes them when there is room", async () => {
    using there = folder();
    const child = spawn(process.execPath, [join(import.meta.dirname, "full-disk.ts"), there.file], { stdio: ["pipe", "pipe", "inherit"] });
    const ended = once(child, "exit");
    const limit = (bytes: string) => spawn("prlimit", ["--pid", String(child.pid), `--fsize=${bytes}:`]);
    for await (const chunk of child.stdout.setEncoding("utf8"))
      if (String(chunk).includes("ready")) {
        await once(limit("2000000"), "exit");
        child.stdin.write("go\n");
      } else if (String(chunk).includes("full")) {
        await once(limit("unlimited"), "exit");
        child.stdin.write("go\n");
      }
    assert.deepEqual(await ended, [0, null]);
    await using log = openSqliteLog(there.file);
    const events = await everything(log);
    assert.deepEqual(events.map(({ position }) => position), upTo(events.length).map((index) => index + 1));
    assert.deepEqual(events.slice(-1).map(({ stream }) => stream), ["test.clock-after"]);
    assert.equal(events.length % 10, 1);
  });
});
