import assert from "node:assert/strict";
import fc from "fast-check";
import { leafHash } from "#domain/audit/leaf.ts";
import { consistencyPlan, inclusionPlan, isConsistent, rootByInclusion } from "#domain/audit/proofs.ts";
import { headAt, ledgerSize, leafByEvent, leafByPosition, leavesOfTile, plannedHashes } from "#projections/audit/ledger-queries.ts";
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
});
