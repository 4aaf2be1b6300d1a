import { z } from "zod";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { refuse } from "#domain/kernel/decider.ts";
import { taskCodec, taskStream } from "#domain/tasks/events.ts";
import { Unauthenticated } from "#api/access/unauthenticated.ts";
import { builder } from "#api/graphql/builder.ts";
import type { Context } from "#api/graphql/context.ts";
import { following } from "#api/graphql/following.ts";
import { UuidOrNodeId } from "#api/graphql/node-id.ts";
import { Refused } from "#api/graphql/refused.ts";
import { isOver, taskAfter } from "#projections/tasks/history.ts";
import type { TaskRow } from "#projections/tasks/queries.ts";
import { Task, type TaskView } from "./task.ts";

const folded = (task: TaskRow | null, events: readonly StoredEvent[]): TaskRow | null =>
  events.reduce<TaskRow | null>((before, event) => taskAfter(before, taskCodec.decode(event)), task);

const view = (task: TaskRow): TaskView => ({ ...task, stale: false });

/** A command's receipt can be older than the task that it asked for, so an unknown one is waited for. */
const presentTask = async ({ application: { log, limits } }: Context, id: string, signal: AbortSignal) => {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(limits.waitMs)]);
  const stream = taskStream(id);
  const position = await log.head();
  const events = await log.read(stream);
  if (events.length > 0) return folded(null, events);
  for await (const page of log.subscribe({ after: position, types: taskCodec.types, signal: patience }))
    if (page.events.some((event) => event.stream === stream)) return folded(null, await log.read(stream));
  return null;
};

const changesOf = async function* (context: Context, { id, after }: { id: string; after: number }, signal: AbortSignal) {
  let task = await presentTask(context, id, signal);
  if (!task) throw new Refused(refuse("TASK_NOT_FOUND", `there is no task ${id}`, { task: id }));
  if (task.position > after) yield view(task);
  if (isOver(task)) return;
  const stream = taskStream(id);
  for await (const page of context.application.log.subscribe({ after: task.position, types: taskCodec.types, signal })) {
    if (!(await context.stillAllowed())) throw new Unauthenticated();
    for (const event of page.events.filter((event) => event.stream === stream)) {
      task = taskAfter(task, taskCodec.decode(event));
      if (task.position > after) yield view(task);
      if (isOver(task)) return;
    }
  }
};

builder.subscriptionField("task", (t) =>
  t.field({
    type: Task,
    description:
      "Where a task stands now, then each change, from the log itself; ends when the task is over. With `after` only what is newer than that.",
    args: {
      id: t.arg.id({ required: true, description: "The bare uuid or the global id." }),
      after: t.arg({ type: "Position" }),
    },
    validate: z.looseObject({ id: UuidOrNodeId("Task") }),
    subscribe: (_root, { id, after }, context) =>
      following(context.signal(), (signal) => changesOf(context, { id, after: after ?? context.after ?? 0 }, signal)),
    resolve: (task) => task,
  }),
);
