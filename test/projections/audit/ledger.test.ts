import assert from "node:assert/strict";
import fc from "fast-check";
import { leafHash } from "#domain/audit/leaf.ts";
import { consistencyPlan, inclusionPlan, isConsistent, rootByInclusion } from "#domain/audit/proofs.ts";
import { hashesOfTiles, headAt, ledgerExtent, ledgerSize, leafByEvent, leafByPosition, leavesOfTile, linesOfLeaves, plannedHashes } from "#projections/audit/ledger-queries.ts";
import { ledger } from "#projections/audit/ledger.ts";
import { naiveRoot } from "#test/domain/audit/naive.ts";
import { applied, cutAt } from "#test/support/applied.ts";
import { openDatabase, rowsOf } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";

const log = scriptedLog();
// Sparse positions, as some engines have them.
log.write(...Array.from({ length: 1300 }, (_, index) => ({ type: "test.Made.v1", data: { index }, position: (index + 1) * 7 })));
const { events } = log;
const hashes = events.map(leafHash);

describe("The ledger", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
  });
  after(() => opened[Symbol.asyncDispose]());

  it("is the same whatever the batches are", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 6 }), async (places) => {
        await applied(opened.database, ledger, [events]);
        const tables = () => Promise.all([rowsOf(opened.database, "ledger.leaves"), rowsOf(opened.database, "ledger.tiles")]);
        const together = await tables();
        await applied(opened.database, ledger, cutAt(events, places));
        assert.deepEqual(await tables(), together);
      }),
      { numRuns: 6 },
    ));

  it("numbers events without gaps where positions have them, and finds them by both", async () => {
    await applied(opened.database, ledger, [events]);
    const [event] = events.slice(300);
    const expected = { index: 300, position: 301 * 7, id: event?.id };
    assert.equal(await ledgerSize(opened.database), 1300);
    assert.deepEqual(await leafByPosition(opened.database, 301 * 7), expected);
    assert.deepEqual(await leafByEvent(opened.database, event?.id ?? ""), expected);
    assert.deepEqual((await leavesOfTile(opened.database, 5)).map(({ index }) => index), Array.from({ length: 20 }, (_, index) => 1280 + index));
    assert.equal(await leafByPosition(opened.database, 8), null);
    assert.equal(await headAt(opened.database, 1301), null);
  });

  it("has the naive tree's roots, and proofs that verify", async () => {
    await applied(opened.database, ledger, [events]);
    const size = fc.integer({ min: 1, max: events.length });
    await fc.assert(
      fc.asyncProperty(size, size, fc.nat(), async (one, other, nth) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const [earlier, later] = [await headAt(opened.database, from), await headAt(opened.database, to)];
        assert.ok(earlier && later);
        assert.deepEqual([earlier.root, later.root], [naiveRoot(hashes.slice(0, from)), naiveRoot(hashes.slice(0, to))]);
        assert.ok(isConsistent(earlier, later, (await plannedHashes(opened.database, consistencyPlan(from, to))) ?? []));
        const index = nth % to;
        const [leaf, ...proof] = (await plannedHashes(opened.database, [[{ level: 0, index }], ...inclusionPlan(index, to)])) ?? [];
        assert.ok(leaf);
        assert.deepEqual([leaf, rootByInclusion({ index, size: to, leaf, proof })], [hashes[index], later.root]);
      }),
      { numRuns: 30 },
    );
  });

  it("has the hashes of many tiles in one answer, up to the first that is missing", async () => {
    const { database } = opened;
    await applied(database, ledger, [events]);
    assert.deepEqual(await hashesOfTiles(database, 0, 2), Buffer.concat(hashes.slice(0, 512)));
    assert.deepEqual(await hashesOfTiles(database, 1, 64), Buffer.concat(hashes.slice(256)));
    assert.equal((await hashesOfTiles(database, 6, 64)).length, 0);
    await database.query({ text: "delete from ledger.tiles where level = 0 and index = 2" });
    assert.deepEqual(await hashesOfTiles(database, 0, 64), Buffer.concat(hashes.slice(0, 512)));
    await database.query({ text: "update ledger.tiles set hashes = substr(hashes, 1, 64) where level = 0 and index = 1" });
    assert.deepEqual(await hashesOfTiles(database, 0, 64), Buffer.concat(hashes.slice(0, 258)));
  });

  it("tells row by row which event each leaf is, and what the tables hold", async () => {
    const { database } = opened;
    await applied(database, ledger, [events]);
    const page = await linesOfLeaves(database, 1298);
    assert.deepEqual(page, { last: 1299, lines: events.slice(1298).map(({ position, id }, at) => `[${1298 + at},${position},"${id}"]\n`).join("") });
    assert.equal(await linesOfLeaves(database, 1300), null);
    assert.deepEqual(await ledgerExtent(database), { size: 1300, leaves: 1300, tiles: [[0, 6], [1, 1]] });
  });
});
