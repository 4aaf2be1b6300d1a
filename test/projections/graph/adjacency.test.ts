import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import { type Adjacency, adjacencyOf, bring, merged } from "#projections/graph/adjacency/adjacency.ts";
import { gently } from "#projections/graph/adjacency/gently.ts";
import { reaches } from "#projections/graph/adjacency/reaches.ts";
import { walksInMemory } from "#projections/graph/adjacency/walks-in-memory.ts";
import type { Walks, Way } from "#projections/graph/walks.ts";
import { changed, edgesOf, type LinkRow, mostNodes, positionsOf, someHistories } from "#test/support/graph/link-histories.ts";
import { isWay, naiveWalks } from "#test/support/graph/naive-walks.ts";

const someWays: fc.Arbitrary<Way & { readonly start: number; readonly end: number }> = fc.record({
  start: fc.nat(mostNodes + 2),
  end: fc.nat(mostNodes - 1),
  direction: fc.constantFrom("out", "in", "both"),
  types: fc.constantFrom<LinkType[]>([...linkTypes], ["built-from"], ["depends-on", "affects"]),
  asOf: fc.constant(null),
  atLeast: fc.constant(0),
  depth: fc.constantFrom(null, null, 1, 2, 3),
  limit: fc.constantFrom(1000, 1000, 1, 3),
});

const plain = async (walks: Walks, way: Parameters<Walks["closure"]>[0]) => {
  const { numbers, ...rest } = await walks.closure(way);
  return { ...rest, numbers: Array.from(numbers) };
};

const rooms = reaches();

/** The same answers as the naive graph gives, at each of these positions. */
const agrees = async (graph: Adjacency, rows: readonly LinkRow[], ways: readonly (Way & { readonly start: number; readonly end: number })[], positions: readonly number[]) => {
  const [ours, naive] = [walksInMemory({ graph, position: graph.position }, rooms), naiveWalks(rows, graph.position)];
  for (const way of ways)
    for (const asOf of positions) {
      const then = { ...way, asOf };
      assert.deepEqual(await plain(ours, then), await plain(naive, then));
      const [found, known] = [await ours.path({ ...then, limit: 1000 }), await naive.path({ ...then, limit: 1000 })];
      assert.equal(found.numbers?.length, known.numbers?.length);
      assert.ok(found.numbers === null || (found.numbers[0] === way.start && found.numbers.at(-1) === way.end && isWay(rows, then, found.numbers)));
    }
};

describe("The adjacency index", () => {
  it("answers at every position what the whole history says, however it was loaded, brought forward and merged", () =>
    fc.assert(
      fc.asyncProperty(someHistories, fc.array(fc.record({ merge: fc.boolean(), skip: fc.nat(5) }), { maxLength: 12 }), fc.array(someWays, { minLength: 1, maxLength: 3 }), async (rows, steps, ways) => {
        const positions = positionsOf(rows);
        let [place, graph] = [0, await gently(adjacencyOf(edgesOf([]), 0, 0))];
        for (const [index, { merge, skip }] of steps.entries()) {
          place = Math.min(positions.length - 1, place + skip);
          const position = positions[place]!;
          // The first step loads.
          if (index === 0) graph = await gently(adjacencyOf(edgesOf(changed(rows, -1, position)), mostNodes, position));
          else bring(graph, edgesOf(changed(rows, graph.position, position)), { position, nodes: mostNodes });
          if (merge) graph = await gently(merged(graph));
          await agrees(graph, rows, ways, positions.slice(0, place + 1));
        }
      }),
      { numRuns: 300 },
    )).timeout(120_000);
});
