import assert from "node:assert/strict";
import fc from "fast-check";
import { taskCodec, type TaskEvent, taskStream } from "#domain/tasks/events.ts";
import type { Stretch } from "#projections/kernel/keyset.ts";
import { openTasks } from "#projections/tasks/open-tasks.ts";
import { taskById, tasksPage } from "#projections/tasks/queries.ts";
import { tasks } from "#projections/tasks/tasks.ts";
import { applied, cutAt } from "#test/support/applied.ts";
import { openDatabase, rowsOf } from "#test/support/projecting.ts";
import { recordedBy } from "#test/support/scripted-log.ts";

const idOf = (number: number) => `0197d2a0-0000-7000-8000-${String(number).padStart(12, "0")}`;
const task = idOf(1);
const queued = (number: number, subject = "demo"): TaskEvent => ({ type: "TaskQueued", task: idOf(number), kind: "publication", subject, input: { because: "add" } });
const leased = (attempt = 1, id = task): TaskEvent => ({ type: "TaskLeased", task: id, worker: "worker-1", attempt, token: attempt });
const succeeded = (attempt = 1, id = task): TaskEvent => ({ type: "TaskSucceeded", task: id, attempt, result: { version: 3 } });
const failed = (retryAt: string | null, attempt = 1, id = task): TaskEvent => ({ type: "TaskFailed", task: id, attempt, error: { code: "VAULT", message: "away" }, retryAt });

const logOf = (...events: readonly TaskEvent[]) => recordedBy(taskCodec, ({ task }) => taskStream(task), events);

const all = { after: null, before: null, limit: 10, backward: false };

describe("The read model of tasks", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
  });
  after(() => opened[Symbol.asyncDispose]());

  const shown = async (...events: readonly TaskEvent[]) => {
    await applied(opened.database, tasks, [logOf(...events)]);
    return taskById(opened.database, task);
  };

  it("shows a task that waits for a worker", async () =>
    assert.deepEqual(await shown(queued(1)), {
      id: task,
      kind: "publication",
      subject: "demo",
      state: "queued",
      attempt: 0,
      worker: null,
      result: null,
      error: null,
      queuedAt: "2026-09-21T14:13:20.001Z",
      startedAt: null,
      finishedAt: null,
      position: 1,
    }));

  it("shows who has it, and since when the first attempt has been going on", async () => {
    const row = await shown(queued(1), leased(), failed("2026-12-01T00:00:00.000Z"), leased(2));
    assert.deepEqual([row?.state, row?.attempt, row?.worker, row?.startedAt], ["running", 2, "worker-1", "2026-09-21T14:13:20.002Z"]);
  });

  it("goes on where a result or an error has the character NUL, which PostgreSQL's texts have not", async () => {
    const [result, message] = [{ said: "a\u0000b\\u0000", "\u0000": ["\\\u0000"] }, "no file \u0000"];
    const row = await shown(queued(1), { type: "TaskFailed", task, attempt: 1, error: { code: "VAULT", message }, retryAt: null });
    assert.deepEqual(row?.error, { code: "VAULT", message: "no file \ufffd" });
    const done = await shown(queued(1), { type: "TaskSucceeded", task, attempt: 1, result });
    assert.deepEqual(done?.result, { said: "a\ufffdb\\u0000", "\ufffd": ["\\\ufffd"] });
  });

  it("shows the result of a task that succeeded, and no error of an earlier attempt", async () => {
    const row = await shown(queued(1), leased(), failed("2026-12-01T00:00:00.000Z"), leased(2), succeeded(2));
    assert.deepEqual([row?.state, row?.result, row?.error, row?.finishedAt], ["succeeded", { version: 3 }, null, "2026-09-21T14:13:20.005Z"]);
  });

  it("shows a failed attempt that will be tried again as queued, the last one as failed", async () => {
    const again = await shown(queued(1), leased(), failed("2026-12-01T00:00:00.000Z"));
    assert.deepEqual([again?.state, again?.worker, again?.error?.code, again?.finishedAt], ["queued", null, "VAULT", null]);
    const over = await shown(queued(1), leased(), failed(null));
    assert.deepEqual([over?.state, over?.error?.message, over?.finishedAt], ["failed", "away", "2026-09-21T14:13:20.003Z"]);
  });

  it("takes a task that was never queued for a defect", () =>
    assert.rejects(applied(opened.database, tasks, [logOf(leased())]), /was never queued/));

  it("gives workers what is open, and when each may be taken", async () => {
    const events = [queued(1), queued(2), queued(3, "other"), leased(1, idOf(1)), succeeded(1, idOf(1)), leased(1, idOf(2)), leased(1, idOf(3)), failed("2026-12-01T00:00:00.000Z", 1, idOf(3))];
    const recorded = logOf(...events);
    await applied(opened.database, tasks, [recorded]);
    const open = await openTasks(opened.database);
    const common = { kind: "publication", attempt: 1 };
    assert.deepEqual(open.toSorted((a, b) => (a.id < b.id ? -1 : 1)), [
      { ...common, id: idOf(2), subject: "demo", token: 1, busyUntil: null, correlationId: recorded[1]?.correlationId, position: 6 },
      { ...common, id: idOf(3), subject: "other", token: 1, busyUntil: "2026-12-01T00:00:00.000Z", correlationId: recorded[2]?.correlationId, position: 8 },
    ]);
  });

  it("pages by time and id, newest first, in both directions", async () => {
    await applied(opened.database, tasks, [logOf(...Array.from({ length: 7 }, (_, index) => queued(index + 1, index % 2 ? "odd" : "even")))]);
    const page = async (stretch: Partial<Stretch>, subject: string | null = null) => {
      const { rows, more } = await tasksPage(opened.database, { subject, state: null }, { ...all, ...stretch });
      return { rows, ids: rows.map(({ id }) => Number(id.slice(-12))), more };
    };
    const first = await page({ limit: 3 });
    assert.deepEqual([first.ids, first.more], [[7, 6, 5], true]);
    const last = first.rows.at(-1);
    assert.deepEqual((await page({ after: [last?.queuedAt ?? "", last?.id ?? ""] })).ids, [4, 3, 2, 1]);
    assert.deepEqual((await page({ limit: 2, backward: true })).ids, [2, 1]);
    assert.deepEqual((await page({}, "odd")).ids, [6, 4, 2]);
  });

  it("is the same whatever the batches are", async () => {
    const lives = fc.array(fc.record({ number: fc.integer({ min: 1, max: 5 }), steps: fc.integer({ min: 0, max: 4 }) }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lives, fc.array(fc.nat(), { maxLength: 6 }), async (lives, places) => {
        const events = logOf(...lives.flatMap(({ number, steps }, index) => life(number + 10 * index).slice(0, steps + 1)));
        await applied(opened.database, tasks, events.map((event) => [event]));
        const single = await rowsOf(opened.database, "tasks.tasks");
        await applied(opened.database, tasks, cutAt(events, places));
        assert.deepEqual(await rowsOf(opened.database, "tasks.tasks"), single);
      }),
      { numRuns: 15 },
    );
  });
});

const life = (number: number): readonly TaskEvent[] => {
  const id = idOf(number);
  return [queued(number), leased(1, id), failed("2026-12-01T00:00:00.000Z", 1, id), leased(2, id), number % 2 ? succeeded(2, id) : failed(null, 2, id)];
};
