import type { Decider } from "#domain/kernel/decider.ts";
import { refuse } from "#domain/kernel/decider.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import type { TaskEvent, TaskKind } from "./events.ts";

export type TaskCommand =
  | { readonly type: "QueueTask"; readonly task: string; readonly kind: TaskKind; readonly subject: string; readonly input: JsonObject }
  | { readonly type: "LeaseTask"; readonly worker: string; readonly now: string; readonly token: number }
  | { readonly type: "SucceedTask"; readonly attempt: number; readonly result: JsonObject }
  | { readonly type: "FailTask"; readonly attempt: number; readonly error: TaskError; readonly retryAt: string | null };

export interface TaskError {
  readonly code: string;
  readonly message: string;
}

/** `attempt` counts leases, `token` is the last one's; before `busyUntil` a task that failed is not tried again. */
export type TaskState =
  | { readonly state: "unknown" }
  | { readonly state: "queued"; readonly task: string; readonly attempt: number; readonly token: number; readonly busyUntil: string | null }
  | { readonly state: "running"; readonly task: string; readonly attempt: number; readonly token: number; readonly worker: string }
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

const lease = ({ worker, now, token }: Extract<TaskCommand, { type: "LeaseTask" }>, open: Open) => {
  const { task, attempt } = open;
  // One subject, one worker: who has the higher token has taken over from one that died, or that sleeps and will wake up.
  if (token <= open.token) return refuse("TASK_LEASED", "Another worker has taken the task over", { token: open.token });
  if (open.state === "queued" && open.busyUntil !== null && open.busyUntil > now)
    return refuse("TASK_NOT_DUE", "The task waits before it is tried again", { until: open.busyUntil });
  return [{ type: "TaskLeased", task, worker, attempt: attempt + 1, token } as const];
};

const evolve = (before: TaskState, event: TaskEvent): TaskState => {
  switch (event.type) {
    case "TaskQueued":
      return { state: "queued", task: event.task, attempt: 0, token: 0, busyUntil: null };
    case "TaskLeased":
      return { state: "running", task: event.task, attempt: event.attempt, token: event.token, worker: event.worker };
    case "TaskSucceeded":
      return { state: "over" };
    case "TaskFailed":
      return event.retryAt === null
        ? { state: "over" }
        : { state: "queued", task: event.task, attempt: event.attempt, token: "token" in before ? before.token : 0, busyUntil: event.retryAt };
  }
};

/** One long job: queued, leased by one worker at a time, tried again after a failure until it is over. */
export const task: Decider<TaskCommand, TaskState, TaskEvent, TaskRefusal> = {
  initialState: { state: "unknown" },
  decide,
  evolve,
};
