import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { authenticator } from "#api/access/authenticate.ts";
import type { TokenRow } from "#projections/access/queries.ts";
import type { Sql, Statement } from "#projections/ports/sql.ts";

const row: TokenRow = {
  id: "t",
  name: "ci",
  scope: "read",
  expires: null,
  issuedAt: "2026-01-01T00:00:00.000Z",
  issuedBy: "system",
  revokedAt: null,
};

const opened = () => {
  const rows = new Map<unknown, TokenRow>();
  const state = { asked: 0, position: 1, now: 0 };
  const sql: Sql = {
    query: async <Row extends object>({ values }: Statement) => {
      state.asked++;
      return [rows.get(values?.[0])].filter((found) => found !== undefined) as object[] as Row[];
    },
  };
  const progress = { position: () => state.position, reached: () => Promise.reject(new Error("not asked")) };
  return { rows, state, authenticate: authenticator(sql, progress, () => state.now) };
};

describe("the authenticator", () => {
  it("asks once in five seconds while the read model of tokens stands still", async () => {
    const { rows, state, authenticate } = opened();
    rows.set(hash("sha256", "secret"), row);
    for (state.now = 0; state.now < 5000; state.now += 100) assert.deepEqual(await authenticate("secret"), { tokenId: "t", name: "ci", scope: "read" });
    assert.equal(state.asked, 1);
    await authenticate("secret");
    assert.equal(state.asked, 2);
  });

  it("stops a revoked token half a second after the read model shows it", async () => {
    const { rows, state, authenticate } = opened();
    rows.set(hash("sha256", "secret"), row);
    await authenticate("secret");
    rows.set(hash("sha256", "secret"), { ...row, revokedAt: "2026-01-02T00:00:00.000Z" });
    state.position++;
    state.now = 501;
    assert.equal(await authenticate("secret"), null);
  });

  it("takes a new token as soon as the read model has it, though it was refused before", async () => {
    const { rows, state, authenticate } = opened();
    assert.equal(await authenticate("secret"), null);
    rows.set(hash("sha256", "secret"), row);
    state.position++;
    assert.notEqual(await authenticate("secret"), null);
  });

  it("stops a token at its end, whatever it remembers", async () => {
    const { rows, state, authenticate } = opened();
    rows.set(hash("sha256", "secret"), { ...row, expires: "1970-01-01T00:00:01.000Z" });
    state.now = 999;
    assert.notEqual(await authenticate("secret"), null);
    state.now = 1000;
    assert.equal(await authenticate("secret"), null);
  });
});
