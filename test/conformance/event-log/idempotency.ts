import assert from "node:assert/strict";
import { newId } from "#commands/kernel/command-id.ts";
import { append, everything, type Harness, outcomes, session, ticks, upTo, withLog, cause } from "./harness.ts";

/** What every event log must do with a command that comes again. */
export const idempotencyConformance = (adapter: string, harness: Harness) =>
  describe(`${adapter} as an EventLog: idempotency`, () => {
    it("answers a command that comes again with its first receipt", withLog(harness, async (log) => {
      const commandId = newId();
      const events = ticks(3);
      const first = await log.append("test.clock-1", events, { expected: "none", cause: cause(commandId) });
      await append(log, "test.clock-1");
      const again = await log.append("test.clock-1", events, { expected: "none", cause: cause(commandId) });
      assert.deepEqual(again, { ...first, replayed: true });
      assert.equal((await everything(log)).length, 4);
    }));

    it("does so whatever stream, events and expectation it comes with", withLog(harness, async (log) => {
      const commandId = newId();
      const first = await append(log, "test.clock-1", 1, "none", commandId);
      for (const expected of ["none", "exists", "any", 0, 7] as const)
        assert.deepEqual(await append(log, "test.clock-2", 2, expected, commandId), { ...first, replayed: true });
      assert.equal(await log.head(), first.position);
    }));

    it("carries out once what comes twice in one moment", withLog(harness, async (log) => {
      const commandId = newId();
      const receipts = await Promise.all([append(log, "test.clock-2"), append(log, "test.clock-1", 2, "none", commandId), append(log, "test.clock-1", 2, "none", commandId), append(log, "test.clock-3")]);
      assert.deepEqual(receipts.map(({ replayed }) => replayed), [false, false, true, false]);
      assert.deepEqual(receipts[2], { ...receipts[1], replayed: true });
      assert.equal((await everything(log)).length, 4);
    }));

    it("replays without failing or moving its neighbours of the same moment", withLog(harness, async (log) => {
      const commandId = newId();
      await append(log, "test.clock-1", 1, "none", commandId);
      const receipts = await Promise.all([append(log, "test.clock-1", 1, 0), append(log, "test.clock-1", 5, "none", commandId), append(log, "test.clock-1", 1, 1)]);
      assert.deepEqual(receipts.map(({ revision, replayed }) => [revision, replayed]), [[1, false], [0, true], [2, false]]);
    }));

    it("does not remember a command that was refused", withLog(harness, async (log) => {
      const commandId = newId();
      const { failed } = await outcomes([append(log, "test.clock-1", 1, "exists", commandId)]);
      assert.equal(failed.length, 1);
      assert.equal(await log.receipt(commandId), null);
      assert.equal((await append(log, "test.clock-1", 1, "none", commandId)).replayed, false);
    }));

    it("finds the receipt of any command", withLog(harness, async (log) => {
      const receipts = await Promise.all(upTo(20).map((index) => append(log, `test.clock-${index % 3}`, 1 + (index % 4))));
      const commands = new Map((await everything(log)).map(({ position, commandId }) => [position, commandId]));
      const found = await Promise.all(receipts.map(({ position }) => log.receipt(commands.get(position) ?? "")));
      for (const [index, receipt] of receipts.entries()) assert.deepEqual(found[index], { ...receipt, replayed: true });
      assert.equal(await log.receipt(newId()), null);
    }));

    if (harness.limits.shared)
      it("carries out once what comes through several logs at once", withLog(harness, async (log, store) => {
        await using other = await store.open();
        for (const index of upTo(10)) {
          const commandId = newId();
          const receipts = await Promise.all([log, other, log, other].map((each) => append(each, `test.clock-${index % 2}`, 2, "any", commandId)));
          assert.equal(receipts.filter(({ replayed }) => !replayed).length, 1);
          for (const { position, eventIds } of receipts) assert.deepEqual({ position, eventIds }, { position: receipts[0]?.position, eventIds: receipts[0]?.eventIds });
        }
        assert.equal((await everything(log)).length, 20);
      }));

    if (harness.limits.durable)
      it("remembers commands when the log is opened again", async () => {
        await using store = await harness.store();
        const commandId = newId();
        const first = await session(store, (log) => append(log, "test.clock-1", 2, "none", commandId));
        await using log = await store.open();
        assert.deepEqual(await append(log, "test.clock-1", 2, "none", commandId), { ...first, replayed: true });
        assert.deepEqual(await log.receipt(commandId), { ...first, replayed: true });
      });
  });
