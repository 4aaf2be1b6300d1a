import assert from "node:assert/strict";
import { append, cause, everything, type Harness, ticked, upTo, withLog } from "./harness.ts";

/** What every event log must answer to readers. */
export const readingConformance = (adapter: string, harness: Harness) =>
  describe(`${adapter} as an EventLog: reading`, () => {
    it("has nothing before the first event", withLog(harness, async (log) => {
      assert.equal(await log.head(), 0);
      assert.deepEqual(await log.read("test.clock-1"), []);
      assert.deepEqual(await log.readAll({ after: 0, limit: 10 }), { events: [], position: 0, caughtUp: true });
    }));

    it("reads a stream in the order of its revisions, whatever lies between", withLog(harness, async (log) => {
      for (const index of upTo(30)) await append(log, `test.clock-${index % 3}`, 1 + (index % 5));
      const events = await log.read("test.clock-1");
      assert.deepEqual(events.map(({ revision }) => revision), upTo(events.length));
      assert.ok(events.every(({ stream }) => stream === "test.clock-1"));
      assert.deepEqual(events, (await everything(log)).filter(({ stream }) => stream === "test.clock-1"));
    }));

    it("tells streams apart that are alike but for their case or a space", withLog(harness, async (log) => {
      for (const stream of ["test.clock-a", "test.clock-A", "test.clock-a ", "test.clock-ä"]) await append(log, stream);
      assert.deepEqual((await log.read("test.clock-a")).map(({ stream }) => stream), ["test.clock-a"]);
    }));

    it("reads a stretch of a long stream from any revision", withLog(harness, async (log) => {
      await append(log, "test.clock-1", 300);
      await append(log, "test.clock-2", 10);
      await append(log, "test.clock-1", 700);
      for (const [after, limit] of [[-1, 1], [-1, 256], [-1, 257], [0, 1], [254, 2], [255, 1], [299, 500], [511, 1], [700, 1000], [998, 5]] as const) {
        const revisions = (await log.read("test.clock-1", { after, limit })).map(({ revision }) => revision);
        assert.deepEqual(revisions, upTo(1000).slice(after + 1, after + 1 + limit), `after ${after}, limit ${limit}`);
      }
      assert.deepEqual((await log.read("test.clock-1", { after: 997 })).map(({ revision }) => revision), [998, 999]);
      assert.deepEqual(await log.read("test.clock-1", { after: 999 }), []);
      assert.deepEqual(await log.read("test.clock-1", { after: 5000, limit: 2 }), []);
    }));

    for (const limit of [1, 7, 100])
      it(`reads everything once in pages of ${limit}`, withLog(harness, async (log) => {
        for (const index of upTo(20)) await append(log, `test.clock-${index % 3}`, 1 + (index % 4));
        const positions = (await everything(log, limit)).map(({ position }) => position);
        assert.equal(positions.length, 50);
        assert.equal(new Set(positions).size, 50);
        assert.deepEqual(positions, positions.toSorted((a, b) => a - b));
      }));

    it("ends a page early where events are large, and loses none", withLog(harness, async (log) => {
      const large = "x".repeat(600_000);
      for (const index of upTo(8))
        await log.append(`test.clock-${index}`, [{ ...ticked(index), data: { large } }], { expected: "none", cause: cause() });
      const { events, position, caughtUp } = await log.readAll({ after: 0, limit: 1000 });
      if (harness.limits.boundedPages) assert.deepEqual([events.length < 8, position === events.at(-1)?.position, caughtUp], [true, true, false]);
      const filtered = await log.readAll({ after: position, limit: 1000, types: ["test.Ticked.v1"] });
      if (harness.limits.boundedPages) assert.ok(filtered.position > position);
      assert.equal((await everything(log, 1000)).length, 8);
    }));

    it("says whether anything was behind a page", withLog(harness, async (log) => {
      await append(log, "test.clock-1", 4);
      const head = await log.head();
      const [first, second, third] = [await log.readAll({ after: 0, limit: 3 }), await log.readAll({ after: 0, limit: 4 }), await log.readAll({ after: 0, limit: 5 })];
      assert.deepEqual([first.caughtUp, second.caughtUp, third.caughtUp], [false, true, true]);
      assert.deepEqual([second.position, third.position], [head, head]);
      assert.deepEqual(await log.readAll({ after: head, limit: 5 }), { events: [], position: head, caughtUp: true });
    }));

    it("looks at a page's events and gives those of the types asked for, moving on without a match", withLog(harness, async (log) => {
      for (const index of upTo(12)) await append(log, `test.clock-${index}`);
      const types = ["test.Rung.v1", "test.Wound.v1"];
      const nothing = await log.readAll({ after: 0, limit: 5, types });
      assert.deepEqual(nothing.events, []);
      const fifth = (await everything(log))[4]?.position ?? 0;
      assert.ok(nothing.position > 0 && nothing.position <= fifth);
      if (harness.limits.fullPages) assert.equal(nothing.position, fifth);
      const some = await log.readAll({ after: 0, limit: 100, types: [...types, "test.Ticked.v1"] });
      assert.equal(some.events.length, 12);
      assert.deepEqual((await log.readAll({ after: 0, limit: 100, types: [] })).events, []);
    }));
  });
