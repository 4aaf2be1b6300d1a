import { z } from "zod";
import { operation } from "#api/cli/operation.ts";

export const Task = z.object({
  taskId: z.string(),
  kind: z.string(),
  subject: z.string(),
  state: z.enum(["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"]),
  attempt: z.number(),
  worker: z.string().nullable(),
  result: z.unknown(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  queuedAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  position: z.number(),
});

export type Task = z.infer<typeof Task>;

const task = "taskId kind subject state attempt worker result error { code message } queuedAt startedAt finishedAt position";

export const showTask = operation<{ id: string }>()(
  `query Task($id: ID!) { task(id: $id) { ${task} } }`,
  z.object({ task: Task.nullable() }),
);

export const followTask = operation<{ id: string }>()(
  `subscription FollowTask($id: ID!) { task(id: $id) { ${task} } }`,
  z.object({ task: Task }),
);
