import assert from "node:assert/strict";
import { Unavailable } from "#domain/kernel/errors.ts";
import { taskCodec, taskStream } from "#domain/tasks/events.ts";
import { task } from "#domain/tasks/task.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import { newId } from "#commands/kernel/command-id.ts";
import type { OpenTask } from "#commands/ports/open-task.ts";
import { type Job, workOn } from "#commands/tasks/worker.ts";
import { memoryLog } from "#infra/memory/event-log.ts";

const begin = Date.parse("2026-11-01T12:00:00Z");

/** One queued task, and workers whose clocks can be set; `open` is what each of them believes to be open. */
const world = async () => {
  const log = memoryLog();
  const id = newId();
  const tasks = aggregate(task, taskCodec, log);
  await tasks.handle(taskStream(id), { type: "QueueTask", task: id, kind: "publication", subject: "demo", input: {} }, { actor: "test", commandId: newId(), correlationId: id });
  const due: OpenTask = { id, kind: "publication", subject: "demo", attempt: 0, token: 0, busyUntil: null, correlationId: id, position: 1 };
  const worker = (name: string, token: number, job: Job, signal = new AbortController().signal) => {
    const open = new Map<string, string | null>([[id, null]]);
    const turn = workOn({ name, tasks: aggregate(task, taskCodec, log), clock: () => begin }, job, (one, until) => open.set(one, until), (one) => open.delete(one));
    return { open: () => open.get(id), turn: () => turn([due], { token, signal }) };
  };
  return { worker, types: async () => (await log.read(taskStream(id))).map(({ type }) => type.split(".")[1]) };
};

describe("A worker's turn", () => {
  it("reports what came of it, and is done with the task", async () => {
    const { worker, types } = await world();
    const { turn, open } = worker("one", 1, async () => ({}));
    assert.deepEqual(await turn(), { subject: "demo", tasks: 1, error: undefined });
    assert.equal(open(), undefined);
    assert.deepEqual(await types(), ["TaskQueued", "TaskLeased", "TaskSucceeded"]);
  });

  it("keeps a task open that another took over meanwhile, and tells: that one may die with it", async () => {
    const { worker } = await world();
    const other = worker("other", 2, () => Promise.reject(new Unavailable("it")));
    const slow = worker("slow", 1, async () => {
      await other.turn();
      return {};
    });
    const outcome = await slow.turn();
    assert.match(String(outcome?.error), /LEASE_LOST/);
    assert.notEqual(slow.open(), undefined);
  });

  it("tries what a server kept from being done again later", async () => {
    const { worker, types } = await world();
    const { turn, open } = worker("one", 1, () => Promise.reject(new Unavailable("it")));
    const outcome = await turn();
    assert.ok(outcome?.error instanceof Unavailable);
    assert.equal(open(), new Date(begin + 500).toISOString());
    assert.deepEqual(await types(), ["TaskQueued", "TaskLeased", "TaskFailed"]);
  });
});
