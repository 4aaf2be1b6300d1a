import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { startWaybill } from "#test/support/waybill.ts";

const folder = () => {
  const made = mkdtempSync(join(tmpdir(), "waybill-main-"));
  after(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

/** The main program with these settings, until it ends by itself. */
const ended = async (environment: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, ["infra/main.ts"], { env: { ...process.env, WAYBILL_DATA: folder(), PORT: "0", LOG_ENGINE: "sqlite", ...environment }, stdio: ["ignore", "ignore", "pipe"] });
  const [said] = await Promise.all([text(child.stderr), once(child, "exit")]);
  return { said, code: child.exitCode };
};

describe("The main program", () => {
  it("says in one line which server does not answer", async () => {
    const { said, code } = await ended({ LOG_ENGINE: "postgres", DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" });
    assert.match(said, /^waybill cannot start: .*DATABASE_URL, 127\.0\.0\.1:1\/none: .*ECONNREFUSED.*\n$/);
    assert.equal(code, 2);
  });

  it("ends with an error when its private PostgreSQL has ended, and goes on at the next start", async () => {
    const embedded = { DATABASE_URL: "", LOG_ENGINE: "sqlite" };
    await using waybill = await startWaybill({ environment: embedded });
    const [child = ""] = readFileSync(`/proc/${waybill.pid}/task/${waybill.pid}/children`, "utf8").split(" ");
    assert.match(child, /^\d+$/);
    process.kill(Number(child), "SIGKILL");
    assert.equal(await waybill.ended(), 1);
    assert.match(waybill.output(), /the embedded PostgreSQL \(process \d+\) has ended by itself/);
    await waybill.start();
    assert.equal((await fetch(`${waybill.url}/readyz`)).status, 200);
  });

  it("says in one line that its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const { said, code } = await ended({ PORT: String(typeof address === "object" ? address?.port : 0) });
    other.close();
    assert.match(said, /waybill cannot start: port \d+ of 127\.0\.0\.1 is taken.*\n$/);
    assert.equal(code, 2);
  });
});
