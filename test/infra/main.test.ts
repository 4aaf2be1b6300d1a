import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { startWaybill } from "#test/support/waybill.ts";

describe("The main program", () => {
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
});
