import assert from "node:assert/strict";
import { causesOf, effectsOf } from "#projections/audit/causation.ts";
import { explorer } from "#projections/audit/explorer.ts";
import type { EventFilter } from "#projections/audit/queries.ts";
import { searchText } from "#projections/audit/text-search.ts";
import { applied } from "#test/support/applied.ts";
import { openDatabase } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";

const id = (number: number): string => `01890000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const made = (number: number, cause: number | null, data: { readonly [name: string]: string } = {}) =>
  ({ id: id(number), type: number === 8 ? "access.TokenIssued.v1" : "test.Made.v1", data, ...(cause === null ? {} : { causationId: id(cause) }) });

describe("Causation", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
    const log = scriptedLog();
    // 1 ─ 2 ─ 4, 1 ─ 3, and 5 and 6 that name each other: somebody wrote that into the store.
    log.write(made(1, null), made(2, 1), made(3, 1), made(4, 2, { note: "Grüße an OpenSSL" }), made(5, 6), made(6, 5), made(7, null, { note: "openssl" }), made(8, null, { secretSha256: "openssl" }));
    await applied(opened.database, explorer, [log.events]);
  });
  after(() => opened[Symbol.asyncDispose]());

  const effects = async (position: number, limit = 100) => {
    const found = await effectsOf(opened.database, position, limit);
    return [found.effects.map(({ event, depth }) => [event.position, depth]), found.truncated];
  };

  it("leads from an event to its first cause", async () => {
    assert.deepEqual((await causesOf(opened.database, 4)).map(({ position }) => position), [1, 2, 4]);
    assert.deepEqual((await causesOf(opened.database, 1)).map(({ position }) => position), [1]);
    assert.deepEqual(await causesOf(opened.database, 99), []);
  });

  it("leads from an event to everything that came of it, as a tree", async () => {
    assert.deepEqual(await effects(1), [[[1, 0], [2, 1], [4, 2], [3, 1]], false]);
    assert.deepEqual(await effects(1, 3), [[[1, 0], [2, 1], [3, 1]], true]);
    assert.deepEqual(await effects(4), [[[4, 0]], false]);
  });

  it("ends where events name each other", async () => {
    assert.deepEqual(await effects(5), [[[5, 0], [6, 1]], false]);
    assert.deepEqual((await causesOf(opened.database, 5)).map(({ position }) => position), [5]);
  });

  it("is searched by text, in capitals or not, page by page, and never in what the reader may not see", async () => {
    const none: EventFilter = { stream: null, type: null, correlationId: null, actor: null, from: null, to: null };
    const search = async (text: string, { limit = 10, before = null, confidential = false }: { limit?: number; before?: readonly number[] | null; confidential?: boolean } = {}) => {
      const { rows, more } = await searchText(opened.database, { filter: none, text, confidential, stretch: { after: null, before, limit, backward: true } });
      return [rows.map(({ position }) => position), more];
    };
    assert.deepEqual(await search("OPENSSL"), [[4, 7], false]);
    assert.deepEqual(await search("openssl", { confidential: true }), [[4, 7, 8], false]);
    assert.deepEqual(await search("openssl", { limit: 1 }), [[7], true]);
    assert.deepEqual(await search("openssl", { before: [7] }), [[4], false]);
    assert.deepEqual(await search("grüße"), [[4], false]);
    assert.deepEqual(await search("100%"), [[], false]);
  });
});
