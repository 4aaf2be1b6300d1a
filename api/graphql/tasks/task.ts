import { z } from "zod";
import type { Shown } from "#api/application.ts";
import { builder } from "#api/graphql/builder.ts";
import { connectionArgs, connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import { type Context, shown } from "#api/graphql/context.ts";
import { positionText, staleText } from "#api/graphql/descriptions.ts";
import { cursor, KeyText, KeyTime } from "#api/graphql/input/cursor.ts";
import { Line } from "#api/graphql/input/text.ts";
import { UuidOrNodeId } from "#api/graphql/node-id.ts";
import { taskById, type TaskRow, tasksPage } from "#projections/tasks/queries.ts";

export type TaskView = TaskRow & Shown;

const TaskState = builder.enumType("TaskState", {
  values: {
    QUEUED: { value: "queued", description: "Waits for a worker, perhaps to be tried again." },
    RUNNING: { value: "running" },
    SUCCEEDED: { value: "succeeded" },
    FAILED: { value: "failed", description: "Over: it is not tried again." },
  },
});

const TaskError = builder.objectRef<NonNullable<TaskRow["error"]>>("TaskError").implement({
  description: "Why the last attempt failed.",
  fields: (t) => ({ code: t.exposeString("code"), message: t.exposeString("message") }),
});

export const Task = builder.node(builder.objectRef<TaskView>("Task"), {
  description: "A long job, and where it stands.",
  id: { resolve: ({ id }) => id },
  loadOne: (id, context) => (z.uuid().safeParse(id).success ? find(context, id) : null),
  fields: (t) => ({
    taskId: t.id({ description: "The bare uuid.", resolve: ({ id }) => id }),
    kind: t.exposeString("kind"),
    subject: t.exposeString("subject", { description: "What it is about: the name of a repository." }),
    state: t.expose("state", { type: TaskState }),
    attempt: t.exposeInt("attempt"),
    worker: t.exposeString("worker", { nullable: true }),
    result: t.expose("result", { type: "JSON", nullable: true }),
    error: t.expose("error", { type: TaskError, nullable: true }),
    queuedAt: t.expose("queuedAt", { type: "DateTime" }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true }),
    position: t.expose("position", { type: "Position", description: positionText }),
    stale: t.exposeBoolean("stale", { description: staleText }),
  }),
});

const find = async (context: Context, id: string, after?: number | null): Promise<TaskView | null> => {
  const hot = await findHot(context, id, after ?? context.after);
  if (hot) return hot;
  const view = await shown(context, "tasks", after);
  const row = await taskById(context.application.sql, id);
  return row && { ...row, ...view };
};

/** Where the copy at hand shows what was asked for, and is no older than the read model is known to be. */
const findHot = async ({ application: { hotTasks, progress } }: Context, id: string, asked: number | null): Promise<TaskView | null> => {
  const found = await hotTasks?.find(id);
  return found && found.position >= Math.max(asked ?? 0, progress.position("tasks")) ? { ...found.row, position: found.position, stale: false } : null;
};

const Id = z.looseObject({ id: UuidOrNodeId("Task") });

builder.queryField("task", (t) =>
  t.field({
    type: Task,
    nullable: true,
    args: {
      id: t.arg.id({ required: true, description: "The bare uuid or the global id." }),
      after: t.arg({ type: "Position" }),
    },
    validate: Id,
    resolve: (_root, { id, after }, context) => find(context, id, after),
  }),
);

const TaskConnection = connectionType(Task, "Task");
const newest = cursor("tasks", z.tuple([KeyTime, KeyText.pipe(z.uuid())]));

builder.queryField("tasks", (t) =>
  t.field({
    type: TaskConnection,
    description: "Newest first.",
    args: { subject: t.arg.string(), state: t.arg({ type: TaskState }), ...connectionArgs(t) },
    validate: PageArgs.extend({ subject: Line(200).nullish() }),
    resolve: async (_root, { subject = null, state = null, ...args }, context) => {
      const stretch = stretchOf(args, newest);
      const view = await shown(context, "tasks", args.afterPosition);
      const found = await tasksPage(context.application.sql, { subject, state }, stretch);
      return connectionOf(found, stretch, {
        ...newest,
        view,
        keyOf: ({ queuedAt, id }) => [queuedAt, id],
        node: (row) => ({ ...row, ...view }),
      });
    },
  }),
);
