import assert from "node:assert/strict";
import fc from "fast-check";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { explorer } from "#projections/audit/explorer.ts";
import { eventByPosition, type EventFilter, eventsPage } from "#projections/audit/queries.ts";
import { applied, cutAt } from "#test/support/applied.ts";
import { openDatabase, rowsOf } from "#test/support/projecting.ts";
import { type Change, scriptedLog } from "#test/support/scripted-log.ts";

const everything: EventFilter = { stream: null, type: null, correlationId: null, actor: null, from: null, to: null };
const all = { after: null, before: null, limit: 100, backward: false };

describe("The event explorer", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
  });
  after(() => opened[Symbol.asyncDispose]());

  const kept = async (...changes: readonly Change[]): Promise<readonly StoredEvent[]> => {
    const log = scriptedLog();
    log.write(...changes);
    await applied(opened.database, explorer, [log.events]);
    return log.events;
  };
  const positions = async (filter: Partial<EventFilter>, stretch: Partial<Parameters<typeof eventsPage>[2]> = {}) => {
    const { rows, more } = await eventsPage(opened.database, { ...everything, ...filter }, { ...all, ...stretch });
    return { positions: rows.map(({ position }) => position), more };
  };

  it("gives an event back as it was recorded", async () => {
    const [, full] = await kept(
      { type: "test.Made.v1", data: {} },
      {
        type: "test.Made.v1",
        data: { text: "tab\t newline\n backslash\\ nul\0 ünï", list: [1, null, { deep: true }], number: 1.5 },
        reason: "because\tof that",
        causationId: "0197d2a0-0000-7000-8000-000000000001",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      },
    );
    assert.deepEqual(await eventByPosition(opened.database, 2), full);
    assert.equal((await eventByPosition(opened.database, 1))?.reason, null);
    assert.equal(await eventByPosition(opened.database, 3), null);
  });

  it("is not stopped by texts that PostgreSQL cannot hold", async () => {
    await kept({ type: "test.Made.v1", data: {}, reason: "nul\0 and half a pair \ud800" });
    assert.equal((await eventByPosition(opened.database, 1))?.reason, "nul\ufffd and half a pair \ufffd");
  });

  it("takes in a batch of ten megabytes", async () => {
    const text = "x".repeat(850_000);
    await kept(...Array.from({ length: 12 }, () => ({ type: "test.Made.v1", data: { text } })));
    assert.deepEqual((await positions({ type: "test.Made.v1" }, { limit: 5, after: [7] })).positions, [8, 9, 10, 11, 12]);
  });

  it("gives fewer large events than were asked for, and says that there are more", async () => {
    const text = "x".repeat(850_000);
    await kept(...Array.from({ length: 12 }, () => ({ type: "test.Made.v1", data: { text } })));
    assert.deepEqual(await positions({}), { positions: [1, 2, 3, 4, 5, 6, 7, 8, 9], more: true });
    assert.deepEqual(await positions({}, { after: [9] }), { positions: [10, 11, 12], more: false });
    assert.deepEqual(await positions({}, { backward: true }), { positions: [4, 5, 6, 7, 8, 9, 10, 11, 12], more: true });
  });

  it("filters by stream, type, beginning of the type and correlation", async () => {
    await kept(
      { type: "trust.A.v1", stream: "trust.a-1", data: {}, correlationId: "one" },
      { type: "trust.B.v1", stream: "trust.a-2", data: {}, correlationId: "two" },
      { type: "tasks.A.v1", stream: "tasks.a-1", data: {}, correlationId: "one" },
      { type: "trust_.A.v1", stream: "trust.a-1", data: {}, correlationId: "three" },
    );
    assert.deepEqual((await positions({ stream: "trust.a-1" })).positions, [1, 4]);
    assert.deepEqual((await positions({ type: "trust.A.v1" })).positions, [1]);
    assert.deepEqual((await positions({ type: "trust.*" })).positions, [1, 2]);
    assert.deepEqual((await positions({ type: "*" })).positions, [1, 2, 3, 4]);
    assert.deepEqual((await positions({ correlationId: "one" })).positions, [1, 3]);
    assert.deepEqual((await positions({ correlationId: "one", type: "tasks.*" })).positions, [3]);
  });

  it("pages forward and backward without a gap", async () => {
    await kept(...Array.from({ length: 10 }, (_, index) => ({ type: index % 2 ? "test.Odd.v1" : "test.Even.v1", data: {} })));
    assert.deepEqual(await positions({}, { limit: 4 }), { positions: [1, 2, 3, 4], more: true });
    assert.deepEqual(await positions({}, { limit: 6, after: [4] }), { positions: [5, 6, 7, 8, 9, 10], more: false });
    assert.deepEqual(await positions({}, { limit: 3, backward: true }), { positions: [8, 9, 10], more: true });
    assert.deepEqual(await positions({}, { limit: 3, backward: true, before: [3] }), { positions: [1, 2], more: false });
    assert.deepEqual(await positions({ type: "test.Odd.v1" }, { limit: 2, after: [2] }), { positions: [4, 6], more: true });
  });

  it("is the same whatever the batches are", async () => {
    const change = fc.record({ type: fc.constantFrom("a.A.v1", "b.B.v1"), reason: fc.string({ unit: "binary" }), data: fc.dictionary(fc.string(), fc.string()) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 5 }), async (changes, places) => {
        const events = await kept(...changes);
        const together = await rowsOf(opened.database, "explorer.events");
        await applied(opened.database, explorer, cutAt(events, places));
        assert.deepEqual(await rowsOf(opened.database, "explorer.events"), together);
      }),
      { numRuns: 15 },
    );
  });
});
