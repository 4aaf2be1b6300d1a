import assert from "node:assert/strict";
import * as fc from "fast-check";
import { linkTypes } from "#domain/graph/kinds.ts";
import { adjacencyOf, bring, merged } from "#projections/graph/adjacency/adjacency.ts";
import { gently } from "#projections/graph/adjacency/gently.ts";
import { reaches } from "#projections/graph/adjacency/reaches.ts";
import { walksInMemory } from "#projections/graph/adjacency/walks-in-memory.ts";
import { changed, edgesOf, mostNodes, positionsOf, someHistories } from "#test/support/graph/link-histories.ts";
import { agrees, agreesOnPage, someStretch, someWays } from "#test/support/graph/same-walks.ts";

const someSteps = fc.array(fc.record({ merge: fc.boolean(), skip: fc.nat(30) }), { minLength: 1, maxLength: 12, size: "max" });

/** How many nodes the graph is said to have: what is a wide level in a small graph is a narrow one in a large. */
const someSizes = fc.constantFrom(mostNodes, 1000, 20_000);

const manyNodes = 100_000;
const someLevel = fc.constantFrom(10, 100, 1000).chain((maxLength) => fc.uniqueArray(fc.integer({ min: 3, max: manyNodes - 1 }), { maxLength, size: "max" }));

const link = (from: number, to: number, end = Number.POSITIVE_INFINITY) => ({ from, to, type: 0, source: "ci", begin: 1, end });

const span = (from: number, count: number) => Array.from({ length: count }, (_, place) => from + place);

describe("The adjacency index", () => {
  it("answers at every position what the whole history says, however it was loaded, brought forward and merged", () =>
    fc.assert(
      fc.asyncProperty(someHistories, someSizes, fc.boolean(), someSteps, someWays, someStretch, async (rows, size, grows, steps, ways, stretch) => {
        const positions = positionsOf(rows);
        const rooms = reaches();
        let [place, graph] = [0, await gently(adjacencyOf(edgesOf([]), 0, 0))];
        for (const [index, { merge, skip }] of steps.entries()) {
          place = Math.min(positions.length - 1, place + skip);
          const position = positions[place]!;
          // All are there from the start, or the last is always the newest: then some are newer than the rows.
          const nodes = grows ? Math.max(0, ...rows.filter(({ begin }) => begin <= position).map(({ from, to }) => Math.max(from, to) + 1)) : size;
          // The first step loads.
          if (index === 0) graph = await gently(adjacencyOf(edgesOf(changed(rows, -1, position)), nodes, position));
          else await gently(bring(graph, edgesOf(changed(rows, graph.position, position)), { position, nodes }));
          if (merge) graph = await gently(merged(graph));
          const walks = walksInMemory({ graph, position }, rooms);
          for (const way of ways)
            for (const asOf of positions.slice(0, place + 1)) {
              await agrees(walks, rows, { ...way, asOf });
              await agreesOnPage(walks, rows, { ...way, asOf }, stretch);
            }
        }
      }),
      { numRuns: 200 },
    ));

  it("tells a level by number, however wide it is, and whatever was walked before", () =>
    fc.assert(
      fc.asyncProperty(fc.array(someLevel, { minLength: 1, maxLength: 3 }), async (levels) => {
        const rooms = reaches();
        for (const level of levels) {
          // Each of the two in the middle leads to every second of them.
          const pairs = [[0, 1], [0, 2], ...level.map((node, place) => [1 + (place % 2), node] as const)] as const;
          const edges = edgesOf(pairs.map(([from, to]) => link(from, to)));
          const walks = walksInMemory({ graph: await gently(adjacencyOf(edges, manyNodes, 1)), position: 1 }, rooms);
          const { numbers } = await walks.closure({ start: 0, direction: "out", types: linkTypes, asOf: null, atLeast: 0, depth: null, limit: manyNodes });
          assert.deepEqual([...numbers], [1, 2, ...level.toSorted((a, b) => a - b)]);
        }
      }),
      { numRuns: 50 },
    ));

  it("looks for a way from where fewer links are, also past nodes that are newer than its rows", async () => {
    // A root of 20 nodes with 20 leaves each; and an end of 30 leaves, the last of which leads to the first of the 20.
    const [root, end, last] = [0, 421, 451];
    const middle = span(1, 20).map((node) => link(root, node));
    const leaves = span(21, 400).map((leaf) => link(1 + ((leaf - 21) % 20), leaf));
    const graph = await gently(adjacencyOf(edgesOf([...middle, ...leaves, ...span(422, 30).map((leaf) => link(end, leaf)), link(last, 1)]), last + 1, 1));
    await gently(bring(graph, edgesOf([{ ...link(root, last + 1), begin: 2 }]), { position: 2, nodes: last + 2 }));
    const ask = (limit: number) =>
      walksInMemory({ graph, position: 2 }, reaches()).path({ start: root, end, direction: "both", types: linkTypes, asOf: null, atLeast: 0, depth: null, limit });
    assert.deepEqual(await ask(100), { numbers: [root, 1, last, end], truncated: false, position: 2 });
    assert.deepEqual(await ask(30), { numbers: null, truncated: true, position: 2 });
  });

  it("tells a page before it walks on, and sees nothing of what comes meanwhile", async () => {
    const wide = 100;
    const near = Array.from({ length: wide }, (_, place) => place + 1);
    const graph = await gently(adjacencyOf(edgesOf([...near.map((node) => link(0, node)), ...near.map((node) => link(node, node + wide))]), 2 * wide + 1, 1));
    const ask = (position: number) =>
      walksInMemory({ graph, position }, reaches()).page(
        { start: 0, direction: "out", types: linkTypes, asOf: null, atLeast: 0, depth: null, limit: 1000 },
        { after: null, before: null, limit: 50, backward: false },
      );
    const { rows, more, whole } = await ask(1);
    assert.deepEqual([rows.map(({ number }) => number), more], [near.slice(0, 50), true]);
    assert.equal(await Promise.race([whole, Promise.resolve("not yet")]), "not yet");
    await gently(bring(graph, edgesOf([link(1, 1 + wide, 2)]), { position: 2, nodes: graph.nodes }));
    assert.deepEqual(await whole, { count: 2 * wide, levels: [wide, wide], truncated: false });
    assert.deepEqual(await (await ask(2)).whole, { count: 2 * wide - 1, levels: [wide, wide - 1], truncated: false });
  });
});
