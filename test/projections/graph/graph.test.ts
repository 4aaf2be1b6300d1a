import assert from "node:assert/strict";
import fc from "fast-check";
import { linkTypes } from "#domain/graph/kinds.ts";
import { blastRadius } from "#projections/graph/blast-radius.ts";
import { diffPage } from "#projections/graph/diff.ts";
import { explain } from "#projections/graph/explain.ts";
import { graph } from "#projections/graph/graph.ts";
import { namesInTables } from "#projections/graph/names.ts";
import { attributesOf, claimsOf, linksPage, nodeCount, nodesPage, numberOf } from "#projections/graph/queries.ts";
import { sqlWalks } from "#projections/graph/sql-walks.ts";
import type { Database } from "#projections/ports/sql.ts";
import { applied, cutAt } from "#test/support/applied.ts";
import { openDatabase, rowsOf } from "#test/support/projecting.ts";
import { naiveFilter, filters } from "./filters.ts";
import { artifacts, histories, keys, recorded } from "./history.ts";
import { type Naive, naiveClosure, naiveDiff, naiveFacts, naiveGraphs } from "./naive.ts";

const all = { after: null, before: null, limit: 1000, backward: false };
const upwards = ["built-from", "depends-on", "contains"] as const;
/** JSON with the names of every object in one order. */
const textOf = (row: unknown): string =>
  JSON.stringify(row, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value,
  );
const byText = (a: unknown, b: unknown) => (textOf(a) < textOf(b) ? -1 : 1);
/** As PostgreSQL's "C" collation has it; these keys are ASCII. */
const byKey = (a: { readonly key: string }, b: { readonly key: string }) => (a.key < b.key ? -1 : 1);

/** Everything that can be asked of one moment, by keys. */
const asked = async (sql: Database, at: number | null) => {
  const { rows } = await nodesPage(sql, { filter: {}, at }, all);
  const keyOf = new Map(rows.map(({ number, key }) => [number, key]));
  const numbers = rows.map(({ number }) => number);
  const links = await Promise.all(numbers.map((node) => linksPage(sql, { node, direction: "out", types: linkTypes, at }, all)));
  return {
    nodes: rows.map(({ key, kind, since }) => ({ key, kind, since })),
    claims: (await claimsOf(sql, numbers, at)).map(({ node, source, kind, since }) => ({ key: keyOf.get(node), source, kind, since })).sort(byText),
    attributes: (await attributesOf(sql, numbers, at)).map(({ node, name, value, source, since }) => ({ key: keyOf.get(node), name, value, source, since })).sort(byText),
    links: links
      .flatMap(({ rows: some }) => some.flatMap(({ link: { type, fromKey, toKey, claims } }) => claims.map((claim) => ({ type, fromKey, toKey, ...claim }))))
      .sort(byText),
  };
};

const expected = ({ nodes, claims, attributes, links }: Naive) => ({
  nodes: [...nodes].map(([key, { kind, since }]) => ({ key, kind, since })).sort(byKey),
  claims: [...claims.values()].map(({ holds: { key, source, kind }, since }) => ({ key, source, kind, since })).sort(byText),
  attributes: [...attributes.values()].map(({ holds: { key, name, value, source }, stated }) => ({ key, name, value, source, since: stated })).sort(byText),
  links: [...links.values()]
    .map(({ holds: { type, from, to, source, attributes: said }, since, stated }) => ({ type, fromKey: from, toKey: to, source, attributes: said, since, stated }))
    .sort(byText),
});

describe("The read model of the graph", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
  });
  after(() => opened[Symbol.asyncDispose]());

  it("answers at every position as a graph does that is built from the events so far", async () => {
    const { database } = opened;
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.nat(), { maxLength: 4 }), async (events, cuts) => {
        await applied(database, graph, cutAt(recorded(events), cuts));
        const graphs = naiveGraphs(events);
        for (const naive of graphs) assert.deepEqual(await asked(database, naive.position), expected(naive), `at ${naive.position}`);
        const last = graphs.at(-1);
        if (last) assert.deepEqual(await asked(database, null), expected(last), "now");
      }),
      { numRuns: 25, examples: [[laterKinds, []]] },
    );
  });

  it("walks and reckons blast radii at every position as that graph does", async () => {
    const { database } = opened;
    const walks = sqlWalks(database);
    await fc.assert(
      fc.asyncProperty(histories, fc.constantFrom(...keys), fc.constantFrom(...keys), async (events, from, to) => {
        await applied(database, graph, [recorded(events)]);
        const [start, end] = await Promise.all([numberOf(database, from), numberOf(database, to)]);
        const keyOf = new Map((await database.query<{ number: number; key: string }>({ text: "select number, key from graph.nodes" })).map((row) => [row.number, row.key]));
        if (start === null) return;
        for (const naive of naiveGraphs(events)) {
          const way = { asOf: naive.position, atLeast: 0, depth: null, limit: 1000, types: linkTypes };
          for (const direction of ["out", "in"] as const) {
            const far = naiveClosure(naive, from, direction, linkTypes);
            const { numbers, levels, truncated } = await walks.closure({ ...way, start, direction });
            let index = 0;
            const found = levels.flatMap((count, level) => Array.from({ length: count }, () => [keyOf.get(numbers[index++] ?? -1), level + 1]));
            assert.deepEqual([found.sort(byText), truncated], [[...far].sort(byText), false]);
            if (end === null) continue;
            const path = await walks.path({ ...way, start, end, direction });
            assert.equal(path.numbers && path.numbers.length - 1, from === to ? 0 : (far.get(to) ?? null));
          }
          const radius = await blastRadius({ sql: database, walks, names: namesInTables(database) }, from, { at: naive.position, atLeast: 0, limit: 1000 });
          assert.deepEqual(radius?.struck.map(({ deployment: { environment, service }, depth }) => [environment, service, depth]), struck(naive, from));
        }
      }),
      { numRuns: 20 },
    );
  });

  it("finds by any filter at every position what that graph holds", async () => {
    const { database } = opened;
    await fc.assert(
      fc.asyncProperty(histories, filters, async (events, filter) => {
        await applied(database, graph, [recorded(events)]);
        for (const naive of naiveGraphs(events)) {
          const wanted = [...naive.nodes.keys()].filter((key) => naiveFilter(naive, key, filter)).sort();
          const { rows } = await nodesPage(database, { filter, at: naive.position }, all);
          assert.deepEqual(rows.map(({ key }) => key), wanted, JSON.stringify(filter));
          assert.equal(await nodeCount(database, { filter, at: naive.position }), wanted.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("tells the difference of any two moments, and the facts behind each node, as those graphs do", async () => {
    const { database } = opened;
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (events, seed) => {
        await applied(database, graph, [recorded(events)]);
        const graphs = naiveGraphs(events);
        const earlier = graphs[seed % graphs.length];
        assert.ok(earlier);
        for (const later of graphs.slice(earlier.position)) {
          const { rows } = await diffPage(database, { from: earlier.position, to: later.position, among: null }, all);
          const found = rows.map(({ what, change, key, to, type, name, source, before, after }) => ({ what, change, key, to, type, name, source, before, after }));
          assert.deepEqual(found.sort(byText), naiveDiff(earlier, later).sort(byText));
          for (const key of later.nodes.keys()) {
            const { facts } = await explain(database, { node: key, attribute: null }, { at: later.position, limit: 1000 });
            const holding = facts.filter(({ ended }) => ended === null).map(({ what, source, name, begun }) => [what, source, name, begun]);
            assert.deepEqual(holding.sort(byText), naiveFacts(later, key).sort(byText));
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it("is the same however the events are cut into batches", async () => {
    const { database } = opened;
    const tables = ["changes", "nodes", "spans", "claims", "attributes", "links", "deployments", "targets"];
    const rows = async () => Promise.all(tables.map((table) => rowsOf(database, `graph.${table}`)));
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.nat(), { maxLength: 6 }), async (events, cuts) => {
        const log = recorded(events);
        await applied(database, graph, [log]);
        const whole = await rows();
        await applied(database, graph, cutAt(log, cuts));
        assert.deepEqual(await rows(), whole);
      }),
      { numRuns: 15 },
    );
  });
});

/** The same source tells an artifact's kind once more, and otherwise: it has claimed it since the first time. */
const laterKinds = (["artifact", "sbom", "artifact"] as const).map((kind) => ({ type: "NodesRecorded" as const, source: "ci", nodes: [{ key: artifacts[0] ?? "", kind, attributes: {} }] }));

/** By environment and service: how far what runs there is from the cause. */
const struck = (naive: Naive, key: string): unknown[] => {
  const causes = new Map([[key, 0]]);
  const follow = (from: string, type: "affects" | "contains") => {
    for (const { holds } of naive.links.values())
      if (holds.type === type && holds.from === from) causes.set(holds.to, Math.min(causes.get(holds.to) ?? 99, (causes.get(from) ?? 0) + 1));
  };
  if (key.startsWith("vulnerability/")) follow(key, "affects");
  for (const cause of causes.keys().toArray()) if (cause.startsWith("pkg:") && !cause.includes("@")) follow(cause, "contains");
  const far = new Map(causes);
  for (const [cause, depth] of causes)
    for (const [reached, more] of naiveClosure(naive, cause, "in", upwards)) far.set(reached, Math.min(far.get(reached) ?? 99, depth + more));
  return [...naive.deployments.values()]
    .flatMap(({ artifact, environment, service }) => (far.has(artifact) ? [[environment, service, far.get(artifact)]] : []))
    .sort(byText);
};
