import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { append, everything, type Harness, session, type Store, upTo, withLog } from "./harness.ts";

/** What must be left of an event log when its process is gone. */
export const durabilityConformance = (adapter: string, harness: Harness) =>
  describe(`${adapter} as an EventLog: durability`, () => {
    if (!harness.limits.durable) {
      it("declares that it forgets everything when it is closed", async () => {
        await using store = await harness.store();
        await session(store, (log) => append(log, "test.clock-1"));
        await using log = await store.open();
        assert.equal(await log.head(), 0);
      });
      return;
    }

    it("has everything when it is opened again, and goes on behind it", async () => {
      await using store = await harness.store();
      const before = await session(store, async (log) => {
        await Promise.all(upTo(20).map((index) => append(log, `test.clock-${index % 3}`, 2)));
        return everything(log);
      });
      await using log = await store.open();
      assert.deepEqual(await everything(log), before);
      const receipt = await append(log, "test.clock-0", 1, (await log.read("test.clock-0")).length - 1);
      assert.ok(receipt.position > (before.at(-1)?.position ?? 0));
    });

    it("answers what was asked before it was closed, and refuses what is asked later", async () => {
      await using store = await harness.store();
      const log = await store.open();
      const appending = upTo(10).map((index) => append(log, `test.clock-${index}`));
      await log[Symbol.asyncDispose]();
      assert.equal((await Promise.all(appending)).length, 10);
      await assert.rejects(append(log, "test.clock-1"), { code: "UNAVAILABLE" });
      await assert.rejects(log.head(), { code: "UNAVAILABLE" });
    });

    it("loses nothing it has acknowledged when its process is killed", withLog(harness, async (log, store) => {
      for (const acknowledged of [1, 400]) {
        const commands = await commandsOfKilledWriter(store, acknowledged);
        const receipts = await Promise.all(commands.map((commandId) => log.receipt(commandId)));
        assert.ok(commands.length >= acknowledged && receipts.every((receipt) => receipt?.replayed));
      }
      await assertWhole(await everything(log));
    }));
  });

/** Starts a process that appends and prints the commands that were acknowledged; kills it after `count` of them. */
const commandsOfKilledWriter = async ({ elsewhere }: Store, count: number): Promise<string[]> => {
  assert.ok(elsewhere);
  const writer = spawn(process.execPath, [`${import.meta.dirname}/writer.ts`, elsewhere.opener.href, elsewhere.location], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => writer.once("exit", resolve));
  const commands: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    // A last line that the kill cut in two is no acknowledgement.
    if (line.length === 36) commands.push(line);
    if (commands.length === count) writer.kill("SIGKILL");
  }
  await ended;
  return commands;
};

/** Every append is there whole or not at all (the writer appends three by three), and no stream has a gap. */
const assertWhole = async (events: Awaited<ReturnType<typeof everything>>) => {
  const streams = new Map<string, number[]>();
  for (const { stream, revision } of events) streams.set(stream, [...(streams.get(stream) ?? []), revision]);
  for (const revisions of streams.values()) {
    assert.deepEqual(revisions, upTo(revisions.length));
    assert.equal(revisions.length % 3, 0);
  }
};
