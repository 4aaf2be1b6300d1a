import { decides } from "#test/support/decides.ts";
import { task, type TaskCommand } from "#domain/tasks/task.ts";
import type { TaskEvent } from "#domain/tasks/events.ts";

const id = "01890000-0000-7000-8000-000000000001";
const at = (minute: number) => `2026-11-21T10:${String(minute).padStart(2, "0")}:00.000Z`;

const queued: TaskEvent = { type: "TaskQueued", task: id, kind: "publication", subject: "demo", input: {} };
const leased = (attempt: number, token: number, worker = "w"): TaskEvent => ({ type: "TaskLeased", task: id, worker, attempt, token });
const failed = (retryAt: string | null): TaskEvent => ({ type: "TaskFailed", task: id, attempt: 1, error: { code: "UNAVAILABLE", message: "log unavailable" }, retryAt });
const succeeded: TaskEvent = { type: "TaskSucceeded", task: id, attempt: 1, result: {} };

const queue: TaskCommand = { type: "QueueTask", task: id, kind: "publication", subject: "demo", input: {} };
const lease = (token: number, worker = "w", now = 1): TaskCommand => ({ type: "LeaseTask", worker, now: at(now), token });
const succeed = (attempt: number): TaskCommand => ({ type: "SucceedTask", attempt, result: {} });
const fail: TaskCommand = { type: "FailTask", attempt: 1, error: { code: "UNAVAILABLE", message: "log unavailable" }, retryAt: at(9) };

describe("A task", () => {
  it("is queued once, however often it is asked for", () => {
    decides(task, { given: [], when: queue, thenRecords: [queued] });
    decides(task, { given: [queued], when: queue, thenRecords: [] });
    decides(task, { given: [queued, leased(1, 5), succeeded], when: queue, thenRecords: [] });
  });

  it("is taken by whoever holds a newer lease of its subject than the last who took it, and by nobody else", () => {
    decides(task, { given: [queued], when: lease(5), thenRecords: [leased(1, 5)] });
    decides(task, { given: [queued, leased(1, 5)], when: lease(6, "another"), thenRecords: [leased(2, 6, "another")] });
    decides(task, { given: [queued, leased(1, 5), leased(2, 6, "another")], when: lease(5), thenRefuses: "TASK_LEASED" });
    decides(task, { given: [queued, leased(1, 5), failed(at(0))], when: lease(5), thenRefuses: "TASK_LEASED" });
  });

  it("is reported by the holder of its last lease alone", () => {
    decides(task, { given: [queued, leased(1, 5)], when: succeed(1), thenRecords: [succeeded] });
    decides(task, { given: [queued, leased(1, 5), leased(2, 9)], when: succeed(1), thenRefuses: "LEASE_LOST" });
    decides(task, { given: [queued], when: succeed(1), thenRefuses: "LEASE_LOST" });
  });

  it("waits after a failure before it is tried again", () => {
    decides(task, { given: [queued, leased(1, 5)], when: fail, thenRecords: [failed(at(9))] });
    decides(task, { given: [queued, leased(1, 5), failed(at(9))], when: lease(6, "w", 8), thenRefuses: "TASK_NOT_DUE" });
    decides(task, { given: [queued, leased(1, 5), failed(at(9))], when: lease(6, "w", 9), thenRecords: [leased(2, 6)] });
  });

  it("is over for good after success or its last failure", () => {
    decides(task, { given: [queued, leased(1, 5), succeeded], when: lease(9), thenRefuses: "TASK_OVER" });
    decides(task, { given: [queued, leased(1, 5), failed(null)], when: lease(9), thenRefuses: "TASK_OVER" });
  });

  it("that nobody queued cannot be worked on", () => decides(task, { given: [], when: lease(1), thenRefuses: "TASK_NOT_FOUND" }));
});
