import { z } from "zod";
import { codec, type Upcaster } from "#domain/kernel/codec.ts";
import { event } from "#domain/kernel/event.ts";
import { JsonObject } from "#domain/kernel/json.ts";

/** What a task does: `publication` makes pending targets of the repository `subject` visible, and renews what is due. */
export const TaskKind = z.enum(["publication"]);
export type TaskKind = z.infer<typeof TaskKind>;

/** Stream `tasks.task-<id>`, as all of these. Work was asked for that takes longer than an answer may. */
export const TaskQueued = event("TaskQueued", {
  task: z.uuid(),
  kind: TaskKind,
  /** What it is about; tasks of one kind and subject never run side by side. */
  subject: z.string(),
  input: JsonObject,
});

/** A worker took it, under a lease of its subject that is kept elsewhere. Whoever takes it next has a higher token. */
export const TaskLeased = event("TaskLeased", {
  task: z.uuid(),
  worker: z.string(),
  /** 1, 2, 3 … */
  attempt: z.int().min(1),
  token: z.int().min(0),
});

/** It is done; `result` is what came of it. */
export const TaskSucceeded = event("TaskSucceeded", { task: z.uuid(), attempt: z.int().min(1), result: JsonObject });

/** An attempt failed. It is tried again at `retryAt`; with null it is over. */
export const TaskFailed = event("TaskFailed", {
  task: z.uuid(),
  attempt: z.int().min(1),
  error: z.strictObject({ code: z.string(), message: z.string() }).readonly(),
  retryAt: z.iso.datetime().nullable(),
});

export const TaskEvent = z.discriminatedUnion("type", [TaskQueued, TaskLeased, TaskSucceeded, TaskFailed]);
export type TaskEvent = z.infer<typeof TaskEvent>;

const upcasters: readonly Upcaster[] = [
  // Once the lease was this event itself, until a time. Whoever holds one of the subject comes after it.
  { from: "tasks.TaskLeased.v1", lift: ({ task = null, worker = null, attempt = null }) => ({ task, worker, attempt, token: 0 }) },
];

export const taskCodec = codec("tasks", TaskEvent, upcasters);
export const taskStream = (id: string) => `tasks.task-${id}`;
