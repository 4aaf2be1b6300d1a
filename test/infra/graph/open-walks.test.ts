import assert from "node:assert/strict";
import { z } from "zod";
import { ask } from "#test/support/graphql.ts";
import { eventually } from "#test/support/projecting.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";

const Recorded = z.object({ recordLinks: z.object({ receipt: z.object({ position: z.number() }) }) });
const record = `mutation ($links: [LinkInput!]!) { recordLinks(input: { source: "ci", links: $links }) { receipt { position } } }`;
const dependents = `query ($after: Position!) {
  graph(after: $after) {
    dependents(key: "pkg:npm/c", limit: 100, first: 10) { totalCount levels truncated edges { node { depth node { id key kind since { type } } } } }
    path(from: "pkg:npm/a", to: "pkg:npm/c") { length nodes { key kind } links { fromKey to { key } } }
    neighbours(key: "pkg:npm/c") { edges { node { node { key } } } }
    unknown: dependents(key: "pkg:npm/nobody") { totalCount }
  }
}`;

/** Recorded one by one, and asked after each. */
const story = async (waybill: TestWaybill): Promise<unknown[]> => {
  const answers: unknown[] = [];
  for (const from of ["b", "a", "d"]) {
    const links = [{ type: "DEPENDS_ON", from: `pkg:npm/${from}`, to: from === "a" ? "pkg:npm/b" : "pkg:npm/c" }];
    const { recordLinks } = await ask(waybill, record, { links }, Recorded);
    answers.push(await ask(waybill, dependents, { after: recordLinks.receipt.position }, z.unknown()));
  }
  return answers;
};

describe("A process that serves the graph", () => {
  it("walks it in memory within its budget, and over the tables without one, with the same answers", async () => {
    await using waybill = await startWaybill();
    await eventually(async () => waybill.output(), (output) => output.includes("graph loaded"));
    await using without = await startWaybill({ environment: { WAYBILL_GRAPH_MEMORY_MB: "0" } });
    const [inMemory, overTables] = [await story(waybill), await story(without)];
    assert.deepEqual(inMemory, overTables);
    assert.match(JSON.stringify(inMemory.at(-1)), /"totalCount":3,"levels":\[2,1\]/);
    assert.doesNotMatch(waybill.output(), /graph let go/);
    assert.doesNotMatch(without.output(), /graph loaded/);
  });
});
