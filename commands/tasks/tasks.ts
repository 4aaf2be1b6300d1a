import { type TaskCommand, type TaskRefusal, type TaskState } from "#domain/tasks/task.ts";
import type { Aggregate } from "#commands/kernel/aggregate.ts";

/** The streams of tasks, one each. */
export type Tasks = Aggregate<TaskCommand, TaskState, TaskRefusal>;
