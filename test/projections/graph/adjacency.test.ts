import * as fc from "fast-check";
import { adjacencyOf, bring, merged } from "#projections/graph/adjacency/adjacency.ts";
import { gently } from "#projections/graph/adjacency/gently.ts";
import { reaches } from "#projections/graph/adjacency/reaches.ts";
import { walksInMemory } from "#projections/graph/adjacency/walks-in-memory.ts";
import { changed, edgesOf, mostNodes, positionsOf, someHistories } from "#test/support/graph/link-histories.ts";
import { agrees, agreesOnPage, someStretch, someWays } from "#test/support/graph/same-walks.ts";

const someSteps = fc.array(fc.record({ merge: fc.boolean(), skip: fc.nat(30) }), { minLength: 1, maxLength: 12, size: "max" });

describe("The adjacency index", () => {
  it("answers at every position what the whole history says, however it was loaded, brought forward and merged", () =>
    fc.assert(
      fc.asyncProperty(someHistories, someSteps, someWays, someStretch, async (rows, steps, ways, stretch) => {
        const positions = positionsOf(rows);
        const rooms = reaches();
        let [place, graph] = [0, await gently(adjacencyOf(edgesOf([]), 0, 0))];
        for (const [index, { merge, skip }] of steps.entries()) {
          place = Math.min(positions.length - 1, place + skip);
          const position = positions[place]!;
          // The first step loads.
          if (index === 0) graph = await gently(adjacencyOf(edgesOf(changed(rows, -1, position)), mostNodes, position));
          else await gently(bring(graph, edgesOf(changed(rows, graph.position, position)), { position, nodes: mostNodes }));
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
});
