import assert from "node:assert/strict";
import * as fc from "fast-check";
import { linkTypes } from "#domain/graph/kinds.ts";
import { graph } from "#projections/graph/graph.ts";
import { bytesFor } from "#projections/graph/adjacency/budget.ts";
import { linkRows } from "#projections/graph/adjacency/link-rows.ts";
import { keepInMemory, type Live } from "#projections/graph/adjacency/live.ts";
import { namesEitherWay } from "#projections/graph/adjacency/names-either-way.ts";
import { type Names, namesInTables } from "#projections/graph/names.ts";
import { sqlWalks } from "#projections/graph/sql-walks.ts";
import { walksEitherWay } from "#projections/graph/adjacency/walks-either-way.ts";
import { copyRow } from "#projections/kernel/copy.ts";
import type { Walks, Way } from "#projections/graph/walks.ts";
import { changed, type LinkRow, mostNodes, positionsOf, someHistories } from "#test/support/graph/link-histories.ts";
import { makeLinkTables, writeLinks } from "#test/support/graph/link-tables.ts";
import { agrees, plain, someWays } from "#test/support/graph/same-walks.ts";
import { naiveWalks } from "#test/support/graph/naive-walks.ts";
import { eventually, openDatabase } from "#test/support/projecting.ts";

const everywhere: Way = { direction: "both", types: [...linkTypes], asOf: null, atLeast: 0, depth: null, limit: 1000 };

/** What nobody should have asked. */
const noWalks: Walks = {
  closure: () => assert.fail("asked the tables"),
  path: () => assert.fail("asked the tables"),
};

const noNames: Names = { numberOf: () => assert.fail("asked the tables"), keyAtHand: () => undefined };

const loaded = (live: Live) => eventually(async () => live.now() !== null, Boolean);

describe("The graph in memory", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  let known = 0;
  const toldOf: boolean[] = [];
  const failures: unknown[] = [];

  before(async () => {
    opened = await openDatabase();
  });
  after(() => opened[Symbol.asyncDispose]());
  beforeEach(() => {
    known = 0;
    toldOf.length = 0;
    failures.length = 0;
    return makeLinkTables(opened.database);
  });

  const keep = (bytes = 1e9): Live =>
    keepInMemory({
      rows: linkRows(opened.database, graph.generation),
      known: () => known,
      bytes,
      told: ({ loaded }) => toldOf.push(loaded),
      failed: (error) => failures.push(error),
    });
  const write = async (rows: readonly LinkRow[], from: number, to: number) => {
    await writeLinks(opened.database, changed(rows, from, to), to);
    known = to;
  };

  it("shows every committed change to whoever asks after it, as the tables do when they are walked", () =>
    fc.assert(
      fc.asyncProperty(someHistories, fc.array(fc.nat(40), { maxLength: 5 }), someWays, async (rows, skips, ways) => {
        await makeLinkTables(opened.database);
        const positions = positionsOf(rows);
        let place = Math.floor(positions.length / 3);
        await write(rows, -1, positions[place]!);
        await using live = keep();
        await loaded(live);
        const memory = walksEitherWay({ live, sql: noWalks, known: () => known });
        const tables = sqlWalks(opened.database);
        const halved = sqlWalks(opened.database, 2);
        for (const skip of [0, ...skips]) {
          const next = Math.min(positions.length - 1, place + skip);
          await write(rows, positions[place]!, positions[next]!);
          place = next;
          for (const way of ways)
            for (const asOf of [positions[place]!, positions[place >> 1]!, positions[place >> 2]!])
              for (const walks of [memory, tables, halved]) await agrees(walks, rows, { ...way, asOf });
          assert.equal((await memory.closure({ ...everywhere, start: 0 })).position, positions[place]);
          const [way] = ways;
          if (way) assert.deepEqual(await plain(memory, { ...way, asOf: null }), await plain(tables, { ...way, asOf: null }));
        }
        assert.deepEqual(failures, []);
      }),
      { numRuns: 15 },
    ));

  const two: readonly LinkRow[] = [
    { from: 0, to: 1, type: 1, source: "ci", begin: 5, end: Number.POSITIVE_INFINITY },
    { from: 1, to: 2, type: 1, source: "ci", begin: 6, end: Number.POSITIVE_INFINITY },
  ];
  const from0 = { ...everywhere, start: 0, direction: "out" } as const;

  it("is as far as the read model is known to be, though its tables say so later where nothing happened to them", async () => {
    await write(two, -1, 6);
    await using live = keep();
    await loaded(live);
    known = 90;
    const walks = walksEitherWay({ live, sql: noWalks, known: () => known });
    assert.equal((await walks.closure(from0)).position, 90);
    assert.deepEqual(await plain(walks, from0), { numbers: [1, 2], levels: [1, 1], truncated: false });
    await write([...two, { ...two[0]!, to: 3, begin: 91 }], 6, 91);
    assert.deepEqual(await plain(walks, from0), { numbers: [1, 3, 2], levels: [2, 1], truncated: false });
  });

  it("is loaded anew from tables that took the place of those it knew, and is not asked in between", async () => {
    await write(two, -1, 6);
    await opened.database.query({ text: "update graph.nodes set key = 'other/' || number" });
    await using live = keep();
    await loaded(live);
    const [inMemory, names] = [namesEitherWay(live, noNames), namesEitherWay(live, namesInTables(opened.database))];
    assert.deepEqual([inMemory.keyAtHand(5), await inMemory.numberOf("other/5")], ["other/5", 5]);
    await makeLinkTables(opened.database);
    const rebuilt = two.map((row) => Object.assign({}, row, { to: row.to + 10 }));
    await write(rebuilt, -1, 7);
    const walks = walksEitherWay({ live, sql: naiveWalks(rebuilt, 7), known: () => known });
    assert.deepEqual(Array.from((await walks.closure(from0)).numbers), [11]);
    await eventually(async () => live.now()?.position, (position) => position === 7);
    assert.deepEqual(Array.from((await walksEitherWay({ live, sql: noWalks, known: () => known }).closure(from0)).numbers), [11]);
    assert.deepEqual([inMemory.keyAtHand(5), await inMemory.numberOf("key/5"), await names.numberOf("other/5")], ["key/5", 5, null]);
    assert.deepEqual(failures, []);
  });

  const recordNodes = (first: number, count: number, keyOf: (number: number) => string) => {
    const rows = Array.from({ length: count }, (_, place) => copyRow([first + place, keyOf(first + place), "key", 1, ""]));
    return opened.database.transaction((sql) => sql.copy("graph.nodes (number, key, kind, held, words)", rows));
  };

  it("knows the keys of its nodes, and those of newer ones as soon as it has looked; what it does not know the tables tell", async () => {
    await write(two, -1, 6);
    await using live = keep();
    await loaded(live);
    const inMemory = namesEitherWay(live, noNames);
    const names = namesEitherWay(live, namesInTables(opened.database));
    for (const number of [0, 1, mostNodes - 1]) {
      assert.equal(inMemory.keyAtHand(number), `key/${number}`);
      assert.equal(await inMemory.numberOf(`key/${number}`), number);
    }
    await recordNodes(mostNodes, 1, () => "key/schlüssel 𝄞");
    assert.deepEqual([names.keyAtHand(mostNodes), await names.numberOf("key/schlüssel 𝄞"), await names.numberOf("key/none")], [undefined, mostNodes, null]);
    await live.look();
    assert.deepEqual([inMemory.keyAtHand(mostNodes), await inMemory.numberOf("key/schlüssel 𝄞"), await names.numberOf("key/none")], ["key/schlüssel 𝄞", mostNodes, null]);
  });

  it("has the keys of many nodes, read some at a time", async () => {
    const many = 70_000;
    await recordNodes(mostNodes, many - mostNodes, (number) => `key/${number}`);
    await write(two, -1, 6);
    await using live = keep();
    await loaded(live);
    const names = namesEitherWay(live, noNames);
    for (let number = 0; number < many; number += 997) assert.deepEqual([names.keyAtHand(number), await names.numberOf(`key/${number}`)], [`key/${number}`, number]);
    assert.equal(names.keyAtHand(many), undefined);
  });

  it("leaves it to the tables where they are further and do not answer", async () => {
    await write(two, -1, 6);
    await using live = keep();
    await loaded(live);
    const deaf: Live = { ...live, look: () => new Promise(() => undefined) };
    const walks = walksEitherWay({ live: deaf, sql: naiveWalks([], 1000), known: () => known });
    assert.deepEqual(await plain(walks, { ...from0, atLeast: 1000 }), { numbers: [], levels: [], truncated: false });
    assert.deepEqual(await plain(walks, { ...from0, asOf: 5 }), { numbers: [1], levels: [1], truncated: false });
  });

  it("keeps to its budget: too big a graph is not loaded, and one that grows beyond it is let go", async () => {
    await write(two, -1, 6);
    await using none = keep(10);
    await eventually(async () => toldOf.length, (count) => count === 1);
    assert.equal(none.now(), null);
    const names = namesEitherWay(none, namesInTables(opened.database));
    assert.deepEqual([names.keyAtHand(1), await names.numberOf("key/1"), await names.numberOf("key/none")], [undefined, 1, null]);
    await using live = keep(bytesFor({ links: 100, nodes: 100, keyBytes: 300 }));
    await loaded(live);
    await write([...two, { ...two[0]!, to: 3, begin: 8 }], 6, 8);
    await live.look();
    assert.equal(live.now(), null);
    assert.equal(namesEitherWay(live, noNames).keyAtHand(1), undefined);
    await using grown = keep(bytesFor({ links: 5000, nodes: 200, keyBytes: 1000 }));
    await loaded(grown);
    await recordNodes(mostNodes, 1000, (number) => `key/${number}${"k".repeat(400)}`);
    await grown.look();
    assert.equal(grown.now(), null);
    assert.deepEqual(toldOf, [false, true, false, true, false]);
  });
});
