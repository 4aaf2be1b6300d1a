import type { TaskEvent } from "#domain/tasks/events.ts";
import type { Recorded } from "#domain/kernel/event.ts";
import type { TaskRow } from "./queries.ts";

/** Where a task stands after one more of its events: the row of the read model, without waiting for it. */
export const taskAfter = (task: TaskRow | null, { event, at, position }: Recorded<TaskEvent>): TaskRow => {
  const before = task ?? unknownTask(event.task, at);
  switch (event.type) {
    case "TaskQueued":
      return { ...before, kind: event.kind, subject: event.subject, queuedAt: at, position };
    case "TaskLeased":
      return { ...before, state: "running", attempt: event.attempt, worker: event.worker, startedAt: before.startedAt ?? at, position };
    case "TaskSucceeded":
      return { ...before, state: "succeeded", attempt: event.attempt, result: event.result, error: null, finishedAt: at, position };
    case "TaskFailed":
      return event.retryAt === null
        ? { ...before, state: "failed", attempt: event.attempt, error: event.error, finishedAt: at, position }
        : { ...before, state: "queued", attempt: event.attempt, error: event.error, worker: null, position };
  }
};

export const isOver = ({ state }: TaskRow): boolean => state === "succeeded" || state === "failed";

const unknownTask = (id: string, at: string): TaskRow => ({
  id,
  kind: "",
  subject: "",
  state: "queued",
  attempt: 0,
  worker: null,
  result: null,
  error: null,
  queuedAt: at,
  startedAt: null,
  finishedAt: null,
  position: 0,
});
