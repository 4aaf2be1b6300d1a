import type { Decider } from "#domain/kernel/decider.ts";
import { refuse } from "#domain/kernel/decider.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import type { TaskEvent, TaskKind } from "./events.ts";

export type TaskCommand =
  | { readonly type: "QueueTask"; readonly task: string; readonly kind: TaskKind; readonly subject: string; readonly input: JsonObject }
  | { readonly type: "LeaseTask"; readonly worker: string; readonly now: string; readonly expires: string }
  | { readonly type: "SucceedTask"; readonly attempt: number; readonly result: JsonObject }
  | { readonly type: "FailTask"; readonly attempt: number; readonly error: TaskError; readonly retryAt: string | null };

export interface TaskError {
  readonly code: string;
  readonly message: string;
}

/** `attempt` counts leases; `busyUntil` is the lease's end, or the time before which a failed task is not tried again. */
export type TaskState =
  | { readonly state: "unknown" }
  | { readonly state: "queued" | "running"; readonly task: string; readonly attempt: number; readonly busyUntil: string | null }
  | { readonly state: "over" };

export type TaskRefusal = "TASK_NOT_FOUND" | "TASK_LEASED" | "TASK_NOT_DUE" | "TASK_OVER" | "LEASE_LOST";

const decide = (command: TaskCommand, state: TaskState): readonly TaskEvent[] | ReturnType<typeof refuse<TaskRefusal>> => {
  if (command.type === "QueueTask") {
    const { type: _, ...queued } = command;
    return state.state === "unknown" ? [{ type: "TaskQueued", ...queued }] : [];
  }
  if (state.state === "unknown") return refuse("TASK_NOT_FOUND", "There is no such task");
  if (state.state === "over") return refuse("TASK_OVER", "The task is over");
  if (command.type === "LeaseTask") return lease(command, state);
  if (state.state !== "running" || command.attempt !== state.attempt)
    return refuse("LEASE_LOST", "Another worker holds the task", { attempt: state.attempt });
  const { task, attempt } = state;
  switch (command.type) {
    case "SucceedTask":
      return [{ type: "TaskSucceeded", task, attempt, result: command.result }];
    case "FailTask":
      return [{ type: "TaskFailed", task, attempt, error: command.error, retryAt: command.retryAt }];
  }
};

type Open = Extract<TaskState, { readonly task: string }>;

const lease = ({ worker, now, expires }: Extract<TaskCommand, { type: "LeaseTask" }>, { state, task, attempt, busyUntil }: Open) => {
  if (busyUntil !== null && busyUntil > now)
    return state === "running"
      ? refuse("TASK_LEASED", "Another worker holds the task", { until: busyUntil })
      : refuse("TASK_NOT_DUE", "The task waits before it is tried again", { until: busyUntil });
  return [{ type: "TaskLeased", task, worker, attempt: attempt + 1, expires } as const];
};

const evolve = (_: TaskState, event: TaskEvent): TaskState => {
  switch (event.type) {
    case "TaskQueued":
      return { state: "queued", task: event.task, attempt: 0, busyUntil: null };
    case "TaskLeased":
      return { state: "running", task: event.task, attempt: event.attempt, busyUntil: event.expires };
    case "TaskSucceeded":
      return { state: "over" };
    case "TaskFailed":
      return event.retryAt === null
        ? { state: "over" }
        : { state: "queued", task: event.task, attempt: event.attempt, busyUntil: event.retryAt };
  }
};

/** One long job: queued, leased by one worker at a time, tried again after a failure until it is over. */
export const task: Decider<TaskCommand, TaskState, TaskEvent, TaskRefusal> = {
  initialState: { state: "unknown" },
  decide,
  evolve,
};
