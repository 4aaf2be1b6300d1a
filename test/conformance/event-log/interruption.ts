import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "#commands/kernel/command-id.ts";
import type { EventLog, Receipt } from "#commands/ports/event-log.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { append, everything, eventsOf, type Harness, pagesUntil, type Store, upTo } from "./harness.ts";

/** What every event log must do while its server is away, and afterwards; for stores that can be interrupted. */
export const interruptionConformance = (adapter: string, harness: Harness) =>
  describe(`${adapter} as an EventLog: interruption`, () => {
    it("is unavailable while its server is away, and goes on by itself", interrupted(harness, async (log, interrupt) => {
      await append(log, "test.clock-1");
      const { restore } = await interrupt();
      await assert.rejects(append(log, "test.clock-1"), Unavailable);
      await assert.rejects(log.head(), Unavailable);
      await restore();
      const commandId = newId();
      await persistently(() => append(log, "test.clock-2", 1, "none", commandId));
      assert.equal((await log.read("test.clock-2")).length, 1);
    }));

    it("follows on where it was when its server comes back", interrupted(harness, async (log, interrupt) => {
      const { signal } = new AbortController();
      const following = pagesUntil(log.subscribe({ after: 0, limit: 7, signal }), (events) => events.some(({ stream }) => stream === "test.clock-last"));
      for (const index of upTo(3)) {
        for (const _ of upTo(10)) await persistently(() => append(log, `test.clock-${index}`));
        const { restore } = await interrupt();
        await sleep(100);
        await restore();
      }
      await persistently(() => append(log, "test.clock-last"));
      const seen = eventsOf(await following);
      assert.deepEqual(seen, (await everything(log)).slice(0, seen.length));
    }));

    it("carries out once each append whose outcome nobody knew, when it is asked again", interrupted(harness, async (log, interrupt) => {
      const ended = { now: false };
      const writing = upTo(8).map(async (index) => {
        const receipts: (Receipt & { readonly commandId: string })[] = [];
        while (!ended.now) {
          const commandId = newId();
          receipts.push({ commandId, ...(await persistently(() => append(log, `test.clock-${index % 4}`, 2, "any", commandId))) });
        }
        return receipts;
      });
      for (const _ of upTo(3)) {
        await sleep(50);
        const { restore } = await interrupt();
        await sleep(50);
        await restore();
        await persistently(() => append(log, "test.clock-between"));
      }
      ended.now = true;
      const receipts = (await Promise.all(writing)).flat();
      const stored = Map.groupBy(await everything(log), ({ commandId }) => commandId);
      for (const { commandId, eventIds, position } of receipts) {
        const events = stored.get(commandId) ?? [];
        assert.equal(events.length, 2);
        assert.deepEqual([events.map(({ id }) => id), events.at(-1)?.position], [eventIds, position]);
      }
      assertDense([...stored.values()].flat());
    }));
  });

type Interrupt = NonNullable<Store["interrupt"]>;

const interrupted = (harness: Harness, work: (log: EventLog, interrupt: Interrupt) => Promise<void>) => async () => {
  await using store = await harness.store();
  await using log = await store.open();
  assert.ok(store.interrupt);
  await work(log, store.interrupt);
};

/** Tries again while the store is away, as a client does. */
const persistently = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await sleep(20);
    }
};

const assertDense = (events: readonly { readonly stream: string; readonly revision: number }[]) => {
  for (const ofStream of Map.groupBy(events, ({ stream }) => stream).values())
    assert.deepEqual(ofStream.map(({ revision }) => revision).toSorted((a, b) => a - b), upTo(ofStream.length));
};
