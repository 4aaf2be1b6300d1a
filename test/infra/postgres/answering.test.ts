import assert from "node:assert/strict";
import { CannotStart } from "#infra/cannot-start.ts";
import { answering } from "#infra/postgres/answering.ts";
import { freshDatabase } from "#test/support/postgres.ts";

const lines: string[] = [];
const logger = { info: (message: string) => void lines.push(message), error: (message: string) => void lines.push(message) };

describe("The PostgreSQL of DATABASE_URL", () => {
  it("is waited for while it does not answer, and then said to stay away, in one line with its place", async () => {
    await assert.rejects(answering("postgres://nobody:secret@127.0.0.1:1/none", logger, 300), (error: Error) => {
      assert.ok(error instanceof CannotStart);
      assert.match(error.message, /^cannot use the PostgreSQL of DATABASE_URL, 127\.0\.0\.1:1\/none: .*ECONNREFUSED/);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
    assert.deepEqual(lines, ["waiting for the PostgreSQL of DATABASE_URL"]);
  });

  it("is taken at once when it answers", async () => {
    await using database = await freshDatabase();
    await answering(database.url, logger);
  });

  it("is not waited for where waiting does not help", async () => {
    await using database = await freshDatabase();
    const elsewhere = new URL(database.url);
    elsewhere.pathname = "/there_is_none";
    await assert.rejects(answering(elsewhere.href, logger), /there_is_none/);
  });
});
