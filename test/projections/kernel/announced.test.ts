import assert from "node:assert/strict";
import type { Checkpoint } from "#projections/kernel/checkpoint.ts";
import { trackProgress } from "#projections/kernel/progress.ts";
import { eventually } from "#test/support/projecting.ts";

/** A read model that another process runs; the table says no more than `stored`. */
const opened = async (stored: { generation: number; position: number }) => {
  const closing = new AbortController();
  const row: Checkpoint = { name: "tuf", ...stored, state: "running", error: null, failedPosition: null, failedEvent: null };
  const progress = trackProgress(["tuf"], async () => [{ ...row, ...stored }], closing.signal);
  await eventually(async () => progress.generation("tuf"), (generation) => generation === stored.generation);
  return { ...progress, [Symbol.dispose]: () => closing.abort() };
};

const wait = 10_000;

describe("Progress that another process tells", () => {
  it("ends the waiting for it, ahead of the table", async () => {
    using progress = await opened({ generation: 1, position: 5 });
    const waiting = progress.reached("tuf", 9, wait);
    progress.heard({ name: "tuf", generation: 1, position: 9 });
    assert.deepEqual(await waiting, { position: 9, stale: false });
  });

  it("never goes back, and says nothing of tables of another generation or of read models that nobody knows", async () => {
    using progress = await opened({ generation: 1, position: 5 });
    progress.heard({ name: "tuf", generation: 1, position: 4 });
    progress.heard({ name: "tuf", generation: 2, position: 9 });
    progress.heard({ name: "other", generation: 1, position: 9 });
    assert.deepEqual(await progress.reached("tuf", 6, 0), { position: 5, stale: true });
  });

  it("gives way to the table where that has not followed: what told it has gone", async () => {
    const stored = { generation: 1, position: 5 };
    using progress = await opened(stored);
    progress.heard({ name: "tuf", generation: 1, position: 9 });
    assert.equal(progress.position("tuf"), 9);
    await eventually(async () => progress.position("tuf"), (position) => position === 5);
  });

  it("does not count for whoever runs the read model", async () => {
    using progress = await opened({ generation: 1, position: 5 });
    progress.moved("tuf", 1, 6);
    progress.heard({ name: "tuf", generation: 1, position: 9 });
    assert.equal(progress.position("tuf"), 6);
  });
});
