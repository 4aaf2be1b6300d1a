import assert from "node:assert/strict";
import { z } from "zod";
import { ask } from "#test/support/graphql.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";

const hub = "pkg:npm/left-pad";
const Done = z.object({ done: z.object({ receipt: z.object({ position: z.int() }) }) });
const Dependents = z.object({
  graph: z.object({ dependents: z.object({ position: z.int(), stale: z.boolean(), totalCount: z.int(), edges: z.array(z.object({ node: z.object({ node: z.object({ key: z.string() }) }) })) }).nullable() }),
});

/** What a writer was told: from this position on the hub has, or no longer has, this dependent. */
interface Told {
  readonly position: number;
  readonly key: string;
  readonly holds: boolean;
}

const linked = async (waybill: TestWaybill, source: string, key: string, holds: boolean): Promise<Told> => {
  const link = { type: "DEPENDS_ON", from: key, to: hub };
  const [name, input] = holds ? ["recordLinks", "RecordLinksInput"] : ["withdraw", "WithdrawInput"];
  const { done } = await ask(waybill, `mutation ($input: ${input}!) { done: ${name}(input: $input) { receipt { position } } }`, { input: { source, links: [link] } }, Done);
  return { position: done.receipt.position, key, holds };
};

const dependents = async (waybill: TestWaybill, args: { readonly after?: number; readonly asOf?: { readonly position: number } }) => {
  const query = `query ($after: Position, $asOf: AsOf, $key: String!) {
    graph(after: $after, asOf: $asOf) { dependents(key: $key, first: 1000) { position stale totalCount edges { node { node { key } } } } } }`;
  const { graph } = await ask(waybill, query, { ...args, key: hub }, Dependents);
  const { position, stale, totalCount, edges } = graph.dependents ?? { position: 0, stale: false, totalCount: 0, edges: [] };
  assert.equal(stale, false);
  assert.equal(totalCount, edges.length);
  return { position, keys: edges.map(({ node }) => node.node.key).sort() };
};

const at = (told: readonly Told[], position: number): string[] => {
  const holding = new Set<string>();
  for (const { key, holds, position: since } of told.toSorted((a, b) => a.position - b.position))
    if (since <= position) holding[holds ? "add" : "delete"](key);
  return [...holding].sort();
};

/** Each writes, takes back, and sees what it did, while others do. */
const writeAndLook = async (waybill: TestWaybill, writer: string, told: Told[]) => {
  for (let number = 0; number < 15; number++) {
    const holds = number % 3 !== 2;
    const key = `build/${writer}/${holds ? number : number - 1}`;
    const mine = await linked(waybill, writer, key, holds);
    told.push(mine);
    const seen = await dependents(waybill, { after: mine.position });
    assert.ok(seen.position >= mine.position);
    assert.equal(seen.keys.includes(key), holds, `${key} after ${mine.position}`);
    const past = await dependents(waybill, { asOf: { position: mine.position } });
    assert.deepEqual([past.position, past.keys.includes(key)], [mine.position, holds], `${key} as of ${mine.position}`);
  }
};

for (const [memory, how] of [["256", "in memory"], ["0", "over its tables"]] as const)
  describe(`The graph that several write and walk at once, ${how}`, () => {
    it("shows each what it wrote, and of every moment what there was, also when it has just begun", async () => {
      const settings = { environment: { WAYBILL_GRAPH_MEMORY_MB: memory } };
      await using waybill = await startWaybill(settings);
      const told: Told[] = [];
      await Promise.all(["a", "b", "c", "d"].map((writer) => writeAndLook(waybill, writer, told)));
      const look = async () => {
        for (const { position } of told.filter((_, index) => index % 4 === 0))
          assert.deepEqual((await dependents(waybill, { asOf: { position } })).keys, at(told, position), `as of ${position}`);
        assert.deepEqual((await dependents(waybill, { after: Math.max(...told.map(({ position }) => position)) })).keys, at(told, Number.POSITIVE_INFINITY));
      };
      await look();
      await waybill.kill();
      await waybill.start(settings);
      await look();
    });
  });
