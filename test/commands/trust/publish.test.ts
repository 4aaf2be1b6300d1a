import assert from "node:assert/strict";
import { isRefusal } from "#domain/kernel/decider.ts";
import { taskStream } from "#domain/tasks/events.ts";
import { newId } from "#commands/kernel/command-id.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { aggregatesOn, commandsOf } from "#infra/use-cases.ts";
import { memoryBlobs, nothingKnown } from "#test/support/memory-blobs.ts";
import { memorySigner } from "#test/support/memory-signer.ts";
import { settingsOf } from "#test/support/publisher.ts";

const cause = (commandId = newId()) => ({ actor: "test", commandId, correlationId: commandId });

describe("Asking for a publication", () => {
  it("queues one for each repository, also under one idempotency key", async () => {
    const log = memoryLog();
    const commands = commandsOf(aggregatesOn(log), { log, signer: memorySigner(), clock: Date.now, blobs: memoryBlobs(), known: nothingKnown });
    const target = { path: "a", length: 1, hashes: { sha256: "0".repeat(64) } };
    for (const repository of ["one", "other"]) {
      await commands.bootstrapRepository({ repository, settings: settingsOf() }, cause());
      await commands.addTargets({ repository, targets: [target], publish: false }, cause());
    }
    const key = cause();
    for (const repository of ["one", "other"]) {
      const answer = await commands.publish({ repository }, key);
      assert.ok(!isRefusal(answer) && answer.task !== null);
      const [queued] = await log.read(taskStream(answer.task));
      assert.equal(queued?.data["subject"], repository);
    }
  });
});
