import assert from "node:assert/strict";
import { CannotStart } from "#infra/cannot-start.ts";
import { answering } from "#infra/postgres/answering.ts";
import { freshDatabase } from "#test/support/postgres.ts";

const silent = { info: () => undefined, error: () => undefined };
const refuses = (url: string, says: RegExp) =>
  assert.rejects(answering({ connectionString: url }, silent), (error) => error instanceof CannotStart && says.test(error.message) && !error.message.includes("secret"));

describe("The PostgreSQL of DATABASE_URL", () => {
  it("is used when it answers", async () => {
    await using database = await freshDatabase();
    await answering({ connectionString: database.url }, silent);
  });

  it("is named, without its password, where nothing listens", () => refuses("postgres://waybill:secret@127.0.0.1:1/x", /DATABASE_URL, 127\.0\.0\.1:1\/x: .*ECONNREFUSED/));

  it("is to have the database", async () => {
    await using database = await freshDatabase();
    const url = new URL(database.url);
    url.pathname = "/missing";
    await assert.rejects(answering({ connectionString: url.href }, silent), /database "missing" does not exist/);
  });
});
