import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type Filter, matches } from "#domain/deliveries/filter.ts";
import { explorer } from "#projections/audit/explorer.ts";
import { countEvents, positionBefore, scanEvents } from "#projections/audit/scan.ts";
import { openDatabase } from "#test/support/projecting.ts";
import { makeTables } from "#test/support/graphql/tables.ts";
import { type ScriptedLog, scriptedLog } from "#test/support/scripted-log.ts";

const types = ["graph.VersionsRecorded.v1", "access.TokenRevoked.v1"];

describe("Searching events by a filter", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  let log: ScriptedLog;

  before(async () => {
    opened = await openDatabase();
    await makeTables(opened.database);
    log = scriptedLog();
    for (let index = 0; index < 40; index++)
      log.write({
        type: types[index % 5 === 0 ? 1 : 0] ?? "",
        stream: `graph.versions-${"abc"[index % 3]}`,
        // Longer than a chunk may be together.
        data: { versions: [{ key: `pkg:${index % 2 ? "deb" : "npm"}/x@${index}` }], filler: "x".repeat(index % 7 === 0 ? 850_000 : 0) },
      });
    await opened.database.transaction((sql) => explorer.apply(log.events, sql), "explorer");
  });
  after(() => opened[Symbol.asyncDispose]());

  const filters: fc.Arbitrary<Filter> = fc.record(
    {
      types: fc.subarray(["graph.*", "access.TokenRevoked"], { minLength: 1 }),
      streams: fc.subarray(["graph.versions-a", "graph.versions-b", "graph.*"], { minLength: 1 }),
      keyPrefix: fc.subarray(["pkg:deb/", "pkg:npm/x@1", "sha256:"], { minLength: 1 }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );

  it("finds page by page, in both directions, what a look at every event finds", () =>
    fc.assert(
      fc.asyncProperty(filters, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 15 }), fc.boolean(), async (filter, limit, most, backward) => {
        const found: number[] = [];
        for (let edge: number | null = null, more = true; more; ) {
          const page = await scanEvents(opened.database, { filter, after: backward ? null : edge, before: backward ? edge : null, backward, limit, most });
          const positions = page.rows.map(({ position }) => position);
          if (backward) found.unshift(...positions);
          else found.push(...positions);
          assert.ok(positions.length <= limit && page.looked <= most);
          ({ edge, more } = page);
        }
        assert.deepEqual(found, log.events.filter((event) => matches(filter, event)).map(({ position }) => position));
      }),
      { numRuns: 25 },
    ));

  it("counts by types and streams behind a position", async () => {
    const filter: Filter = { types: ["graph.*"], streams: ["graph.versions-a"] };
    const expected = log.events.filter((event) => event.position > 10 && matches(filter, event)).length;
    assert.equal(await countEvents(opened.database, filter, 10), expected);
  });

  it("knows the last position before a moment", async () => {
    assert.deepEqual(await Promise.all([...[1, 2, 40].map((position) => log.events[position - 1]?.at ?? ""), "2100-01-01T00:00:00Z"].map((moment) => positionBefore(opened.database, moment))), [0, 1, 39, 40]);
  });
});
