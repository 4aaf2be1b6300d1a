import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { tokenCodec } from "#domain/access/events.ts";
import { adminTokenFile, ensureAdminToken } from "#infra/admin-token.ts";
import { CannotStart } from "#infra/cannot-start.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { aggregatesOn } from "#infra/use-cases.ts";
import { secretSha256 } from "#commands/access/issue-token.ts";
import { temporary } from "#test/support/embedded-postgres/folders.ts";

const secretIn = (folder: string) => readFileSync(adminTokenFile(folder), "utf8").trim();

describe("The administrator's first token", () => {
  it("is one, and the one in the file, however many processes start at once", async () => {
    const folder = temporary();
    await using log = memoryLog();
    // Each process has an own view of the streams.
    await Promise.all(Array.from({ length: 8 }, () => ensureAdminToken(folder, aggregatesOn(log).tokens)));
    const { events } = await log.readAll({ after: 0, limit: 100 });
    const issued = events.map(tokenCodec.decode).map(({ event }) => event);
    assert.deepEqual(issued.map((event) => event.type === "TokenIssued" && event.secretSha256), [secretSha256(secretIn(folder))]);
    assert.equal(statSync(adminTokenFile(folder)).mode & 0o777, 0o600);
  });

  it("stays the same at the next start", async () => {
    const folder = temporary();
    await using log = memoryLog();
    await ensureAdminToken(folder, aggregatesOn(log).tokens);
    const first = secretIn(folder);
    await ensureAdminToken(folder, aggregatesOn(log).tokens);
    assert.equal(secretIn(folder), first);
    assert.equal(await log.head(), 1);
  });

  it("is not taken from an empty file", async () => {
    const folder = temporary();
    writeFileSync(adminTokenFile(folder), "\n");
    await using log = memoryLog();
    await assert.rejects(ensureAdminToken(folder, aggregatesOn(log).tokens), CannotStart);
  });
});
