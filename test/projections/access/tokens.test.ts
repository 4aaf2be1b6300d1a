import assert from "node:assert/strict";
import { tokenCodec, type TokenEvent, tokenStream } from "#domain/access/events.ts";
import { tokenBySecret, tokensPage } from "#projections/access/queries.ts";
import { tokens } from "#projections/access/tokens.ts";
import { applied } from "#test/support/applied.ts";
import { openDatabase, rowsOf } from "#test/support/projecting.ts";
import { recordedBy } from "#test/support/scripted-log.ts";

const idOf = (number: number) => `0197d2a0-0000-7000-8000-${String(number).padStart(12, "0")}`;
const secret = (number: number) => String(number).padStart(64, "0");
const issued = (number: number, name = "ci"): TokenEvent => ({ type: "TokenIssued", token: idOf(number), name, scope: "write", secretSha256: secret(number), expires: null });
const revoked = (number: number): TokenEvent => ({ type: "TokenRevoked", token: idOf(number) });

const logOf = (...events: readonly TokenEvent[]) => recordedBy(tokenCodec, ({ token }) => tokenStream(token), events);

describe("The read model of tokens", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
  });
  after(() => opened[Symbol.asyncDispose]());

  it("finds a token by the hash of its secret, a revoked one too", async () => {
    await applied(opened.database, tokens, [logOf(issued(1), issued(2), revoked(2))]);
    assert.deepEqual(await tokenBySecret(opened.database, secret(1)), {
      id: idOf(1),
      name: "ci",
      scope: "write",
      expires: null,
      issuedAt: "2026-09-21T14:13:20.001Z",
      issuedBy: "system",
      revokedAt: null,
    });
    assert.equal((await tokenBySecret(opened.database, secret(2)))?.revokedAt, "2026-09-21T14:13:20.003Z");
    assert.equal(await tokenBySecret(opened.database, secret(3)), null);
  });

  it("is the same whatever the batches are", async () => {
    const events = logOf(issued(1), issued(2), revoked(1), issued(3), revoked(3));
    await applied(opened.database, tokens, [events]);
    const together = await rowsOf(opened.database, "tokens.tokens");
    await applied(opened.database, tokens, events.map((event) => [event]));
    assert.deepEqual(await rowsOf(opened.database, "tokens.tokens"), together);
  });

  it("lists them in the order of issue", async () => {
    await applied(opened.database, tokens, [logOf(...[1, 2, 3].map((number) => issued(number)))]);
    const { rows, more } = await tokensPage(opened.database, { after: null, before: null, limit: 2, backward: false });
    assert.deepEqual([rows.map(({ id }) => id), more], [[idOf(1), idOf(2)], true]);
  });

  it("is not stopped by a name that PostgreSQL cannot hold", async () => {
    await applied(opened.database, tokens, [logOf(issued(1, "nul\0"))]);
    assert.equal((await tokenBySecret(opened.database, secret(1)))?.name, "nul\ufffd");
  });
});
