import assert from "node:assert/strict";
import { newId } from "#commands/kernel/command-id.ts";
import type { EventLog, Expected } from "#commands/ports/event-log.ts";
import { ConcurrencyConflict } from "#domain/kernel/errors.ts";
import { append, everything, eventsOf, type Harness, outcomes, pagesUntil, upTo, withLog } from "./harness.ts";

/** What every event log must do when writers meet. */
export const concurrencyConformance = (adapter: string, harness: Harness) =>
  describe(`${adapter} as an EventLog: concurrency`, () => {
    const expectations: readonly (readonly [Expected, number, boolean])[] = [
      ["none", 0, true], ["none", 2, false], ["exists", 0, false], ["exists", 2, true], ["any", 0, true], ["any", 2, true],
      [0, 0, false], [0, 2, false], [1, 2, true], [2, 2, false], [-1, 0, true], [-1, 2, false],
    ];
    for (const [expected, present, accepted] of expectations)
      it(`${accepted ? "accepts" : "refuses"} an append that expects ${expected} of a stream of ${present} events`, withLog(harness, async (log) => {
        if (present > 0) await append(log, "test.clock-1", present);
        const { done, failed } = await outcomes([append(log, "test.clock-1", 1, expected)]);
        assert.equal(done.length, accepted ? 1 : 0);
        assert.equal((await log.read("test.clock-1")).length, present + done.length);
        for (const error of failed) assertConflict(error, expected, present - 1);
      }));

    it("lets exactly one of many win who expect the same", withLog(harness, async (log) => {
      await append(log, "test.clock-1");
      const { done, failed } = await outcomes(upTo(20).map(() => append(log, "test.clock-1", 2, 0)));
      assert.equal(done.length, 1);
      for (const error of failed) assertConflict(error, 0, 2);
      assert.equal((await log.read("test.clock-1")).length, 3);
    }));

    it("keeps positions and revisions without gaps, whichever appends of a moment are refused", withLog(harness, async (log) => {
      for (const refused of upTo(16))
        await outcomes(upTo(4).map((index) => append(log, `test.clock-${index % 2}`, 1 + index, (refused >> index) % 2 === 1 ? 1_000_000 : "any")));
      const events = await everything(log);
      for (const stream of ["test.clock-0", "test.clock-1"])
        assert.deepEqual(events.filter((event) => event.stream === stream).map(({ revision }) => revision), upTo((await log.read(stream)).length));
      assert.equal(events.length, 80);
      if (harness.limits.densePositions) assert.deepEqual(events.map(({ position }) => position), upTo(80).map((index) => index + 1));
    }));

    it("refuses one without failing its neighbours of the same moment", withLog(harness, async (log) => {
      const { done, failed } = await outcomes(upTo(30).map((index) => append(log, `test.clock-${index}`, 1 + (index % 3), index % 2 ? "exists" : "none")));
      assert.deepEqual([done.length, failed.length], [15, 15]);
      const events = await everything(log);
      assert.deepEqual(events.filter(({ revision }) => revision === 0).map(({ stream }) => stream), done.map(({ stream }) => stream));
      assert.deepEqual(done.map(({ position }) => position), events.filter((event, index) => events[index + 1]?.stream !== event.stream).map(({ position }) => position));
    }));

    it("carries out several appends of one moment to one stream in their order", withLog(harness, async (log) => {
      const chain = [append(log, "test.clock-1", 1, "none"), append(log, "test.clock-1", 2, 0), append(log, "test.clock-2"), append(log, "test.clock-1", 1, 2), append(log, "test.clock-1", 1, "exists")];
      assert.deepEqual((await Promise.all(chain)).map(({ revision }) => revision), [0, 2, 0, 3, 4]);
    }));

    it("judges each of them by what became of those before it", withLog(harness, async (log) => {
      const mixed = [append(log, "test.clock-1", 1, "exists"), append(log, "test.clock-1", 1, 0), append(log, "test.clock-1", 1, "none"), append(log, "test.clock-1", 1, "none"), append(log, "test.clock-1", 1, 0)];
      const settled = await Promise.allSettled(mixed);
      assert.deepEqual(settled.map(({ status }) => status === "fulfilled"), [false, false, true, false, true]);
      assert.deepEqual((await log.read("test.clock-1")).map(({ revision }) => revision), [0, 1]);
    }));

    it("takes a thousand appends of one moment to one stream", withLog(harness, async (log) => {
      const receipts = await Promise.all(upTo(1000).map((index) => append(log, "test.clock-1", 1, index === 0 ? "none" : index - 1)));
      assert.deepEqual(receipts.map(({ revision }) => revision), upTo(1000));
    }));

    it("loses no update of writers who try again after a conflict", withLog(harness, async (log) => {
      await Promise.all(upTo(8).map(() => countUp(log, "test.clock-1", 10)));
      assert.deepEqual((await log.read("test.clock-1")).map(({ revision }) => revision), upTo(80));
    }));

    it("lets readers pass over nothing while many write", withLog(harness, async (log) => {
      const writing = Promise.all(upTo(8).map((index) => countUp(log, `test.clock-${index % 4}`, 25)));
      await assertReadersSeeAll(log, 200);
      await writing;
    }));

    if (harness.limits.shared) sharedStore(harness);
    if (harness.limits.overlappingCommits) slowCommit(harness);
    else
      it("declares that no commit overlaps another", withLog(harness, async (_, store) => {
        assert.equal(store.slowAppend, undefined);
      }));
  });

const sharedStore = (harness: Harness) => {
  it("lets several logs append to one store, in one order for all", withLog(harness, async (log, store) => {
    await using other = await store.open();
    await Promise.all([log, other].flatMap((each) => upTo(4).map((index) => countUp(each, `test.clock-${index % 2}`, 10))));
    assert.equal((await everything(log)).length, 80);
    assert.deepEqual(await everything(other, 7), await everything(log));
  }));

  it("lets exactly one of several logs win that expect the same", withLog(harness, async (log, store) => {
    await using other = await store.open();
    for (const index of upTo(10)) {
      const { done, failed } = await outcomes([log, other].flatMap((each) => upTo(4).map(() => append(each, "test.clock-1", 1, index - 1))));
      assert.equal(done.length, 1);
      for (const error of failed) assert.ok(error instanceof ConcurrencyConflict, String(error));
    }
    assert.deepEqual((await other.read("test.clock-1")).map(({ revision }) => revision), upTo(10));
  }));

  it("shows each log what another has acknowledged", withLog(harness, async (log, store) => {
    await using other = await store.open();
    for (const index of upTo(10)) {
      const commandId = newId();
      const [writer, reader] = index % 2 ? [log, other] : [other, log];
      const receipt = await append(writer, "test.clock-1", 2, "any", commandId);
      assert.equal(await reader.head(), receipt.position);
      assert.equal((await reader.read("test.clock-1")).length, 2 + index * 2);
      assert.deepEqual(await reader.receipt(commandId), { ...receipt, replayed: true });
      assert.equal((await reader.readAll({ after: 0, limit: 100 })).position, receipt.position);
    }
  }));
};

const slowCommit = (harness: Harness) =>
  it("loses no event behind a writer who takes its time to commit", withLog(harness, async (log, store) => {
    assert.ok(store.slowAppend);
    await append(log, "test.clock-before");
    const slow = await store.slowAppend("test.clock-slow");
    const writing = upTo(10).map((index) => append(log, `test.clock-${index}`));
    const reading = assertReadersSeeAll(log, 12);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await slow.commit();
    await Promise.all(writing);
    await reading;
    assert.ok((await everything(log)).some(({ stream }) => stream === "test.clock-slow"));
  }));

/** A reader that takes one event at a time, and one that takes pages, see the same `count` events in the same strict order. */
const assertReadersSeeAll = async (log: EventLog, count: number) => {
  const ended = new AbortController();
  const seen = await Promise.all(
    [1, 50].map((limit) => pagesUntil(log.subscribe({ after: 0, limit, signal: ended.signal }), (events) => events.length >= count)),
  );
  const positions = seen.map((pages) => eventsOf(pages).map(({ position }) => position));
  assert.deepEqual(positions[0], (await everything(log)).map(({ position }) => position).slice(0, count));
  assert.deepEqual(positions[1], positions[0]);
  assert.ok(positions[0]?.every((position, index, all) => index === 0 || position > (all[index - 1] ?? 0)));
};

/** Appends `times` events, each on what it has read before, again and again where somebody was first. */
const countUp = async (log: EventLog, stream: string, times: number) => {
  for (let done = 0; done < times; ) {
    const revision = (await log.read(stream)).length - 1;
    try {
      await append(log, stream, 1, revision < 0 ? "none" : revision);
      done++;
    } catch (error) {
      if (!(error instanceof ConcurrencyConflict)) throw error;
    }
  }
};

const assertConflict = (error: unknown, expected: Expected, actual: number) => {
  assert.ok(error instanceof ConcurrencyConflict, String(error));
  assert.deepEqual([error.stream, error.expected, error.actual], ["test.clock-1", expected, actual]);
};
