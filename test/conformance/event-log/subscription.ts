import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import type { EventLog, Page, Subscribe } from "#commands/ports/event-log.ts";
import { append, everything, eventsOf, type Harness, pagesUntil, ticks, cause, upTo, withLog } from "./harness.ts";

/** What every event log must do for those who follow it. */
export const subscriptionConformance = (adapter: string, harness: Harness) =>
  describe(`${adapter} as an EventLog: subscription`, () => {
    it("says at once that nothing is behind the end", withLog(harness, async (log) => {
      assert.deepEqual(await firstPage(log, { after: 0 }), { events: [], position: 0, caughtUp: true });
      const { position } = await append(log, "test.clock-1");
      assert.deepEqual(await firstPage(log, { after: position }), { events: [], position, caughtUp: true });
    }));

    it("begins behind the position it is given", withLog(harness, async (log) => {
      await append(log, "test.clock-1", 5);
      const third = (await everything(log))[2];
      const page = await firstPage(log, { after: third?.position ?? 0 });
      assert.deepEqual(page.events.map(({ revision }) => revision), [3, 4]);
    }));

    it("goes from the past into the present without a gap or a duplicate", withLog(harness, async (log) => {
      await append(log, "test.clock-1", 40);
      const signal = new AbortController().signal;
      const following = pagesUntil(log.subscribe({ after: 0, limit: 7, signal }), (events) => events.length >= 100);
      for (const _ of upTo(60)) await append(log, "test.clock-1");
      assert.deepEqual(eventsOf(await following).map(({ revision }) => revision), upTo(100));
    }));

    it("delivers what is appended while it waits", withLog(harness, async (log) => {
      const ended = new AbortController();
      const pages = log.subscribe({ after: 0, signal: ended.signal })[Symbol.asyncIterator]();
      await pages.next();
      for (const revision of upTo(5)) {
        const next = pages.next();
        await append(log, "test.clock-1");
        assert.deepEqual(eventsIn(await next).map((event) => event.revision), [revision]);
      }
      ended.abort();
      assert.equal((await pages.next()).done, true);
    }));

    it("says that it has caught up when it has, every time", withLog(harness, async (log) => {
      await append(log, "test.clock-1", 10);
      const pages = await pagesUntil(log.subscribe({ after: 0, limit: 5, signal: new AbortController().signal }), (_, page) => page.caughtUp);
      assert.equal(eventsOf(pages).length, 10);
      assert.deepEqual(pages.map(({ caughtUp }) => caughtUp), pages.map((_, index) => index === pages.length - 1));
    }));

    it("moves its position over events that nobody asked for", withLog(harness, async (log) => {
      await append(log, "test.clock-1", 20);
      await log.append("test.clock-1", ticks(1, "test.Rung.v1"), { expected: "any", cause: cause() });
      await append(log, "test.clock-1", 20);
      const signal = new AbortController().signal;
      const pages = await pagesUntil(log.subscribe({ after: 0, limit: 10, types: ["test.Rung.v1"], signal }), (_, page) => page.caughtUp);
      assert.deepEqual(eventsOf(pages).map(({ revision }) => revision), [20]);
      assert.equal(pages.at(-1)?.position, await log.head());
      assert.equal(pages.length, 5);
    }));

    it("reads no further than its consumer asks", withLog(harness, async (log) => {
      await append(log, "test.clock-1", 3);
      const ended = new AbortController();
      const pages = log.subscribe({ after: 0, limit: 2, signal: ended.signal })[Symbol.asyncIterator]();
      assert.equal(eventsIn(await pages.next()).length, 2);
      await append(log, "test.clock-1", 3);
      assert.deepEqual(eventsIn(await pages.next()).map(({ revision }) => revision), [2, 3]);
      await pages.return?.();
    }));

    it("ends without an error when the signal aborts: before, between and while it waits", withLog(harness, async (log) => {
      assert.deepEqual(await pagesUntil(log.subscribe({ after: 0, signal: AbortSignal.abort() }), () => false), []);
      const ended = new AbortController();
      const between = await pagesUntil(log.subscribe({ after: 0, signal: ended.signal }), () => (ended.abort(), false));
      assert.equal(between.length, 1);
      const waiting = new AbortController();
      const pages = log.subscribe({ after: 0, signal: waiting.signal })[Symbol.asyncIterator]();
      await pages.next();
      const next = pages.next();
      setImmediate(() => waiting.abort());
      assert.equal((await next).done, true);
    }));

    it("ends when its consumer leaves while it waits", withLog(harness, async (log) => {
      const pages = log.subscribe({ after: 0, signal: new AbortController().signal })[Symbol.asyncIterator]();
      await pages.next();
      const next = pages.next();
      await pages.return?.();
      assert.equal((await next).done, true);
    }));

    it("leaves no listener behind", withLog(harness, async (log) => {
      const { signal } = new AbortController();
      for (const index of upTo(5)) {
        await append(log, `test.clock-${index}`);
        await pagesUntil(log.subscribe({ after: 0, signal }), () => true);
        const pages = log.subscribe({ after: 0, signal })[Symbol.asyncIterator]();
        await pages.next();
        await Promise.all([pages.next(), pages.return?.()]);
      }
      assert.equal(getEventListeners(signal, "abort").length, 0);
    }));

    it("serves many followers the same", withLog(harness, async (log) => {
      const signal = new AbortController().signal;
      const following = upTo(10).map((index) => pagesUntil(log.subscribe({ after: 0, limit: 1 + index, signal }), (events) => events.length >= 50));
      for (const index of upTo(50)) await append(log, `test.clock-${index % 5}`);
      const whole = await everything(log);
      for (const pages of await Promise.all(following)) assert.deepEqual(eventsOf(pages), whole);
    }));

    if (harness.limits.shared)
      it("hears of what another log over the same store appends", withLog(harness, async (log, store) => {
        await using other = await store.open();
        const signal = new AbortController().signal;
        const following = pagesUntil(log.subscribe({ after: 0, signal }), (events) => events.length >= 10);
        for (const _ of upTo(10)) await append(other, "test.clock-1");
        assert.equal(eventsOf(await following).length, 10);
      }));
  });

const firstPage = async (log: EventLog, options: Omit<Subscribe, "signal">): Promise<Page> => {
  const [page] = await pagesUntil(log.subscribe({ ...options, signal: new AbortController().signal }), () => true);
  assert.ok(page);
  return page;
};

const eventsIn = (result: IteratorResult<Page>) => (result.done ? [] : result.value.events);
