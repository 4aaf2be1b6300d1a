import { setTimeout as sleep } from "node:timers/promises";
import { CliError, exitCodes } from "./exit.ts";
import { followTask, showTask, type Task } from "./operations/tasks.ts";
import { isAway, patiently } from "./patience.ts";
import type { Session } from "./session.ts";

export const isOver = ({ state }: Task): boolean => state === "SUCCEEDED" || state === "FAILED";

/** Where a task stands, then every change until it is over. Asks again and again where the subscription does not hold. */
export async function* taskChanges(session: Session, id: string): AsyncGenerator<Task> {
  let seen = -1;
  try {
    for await (const { task } of session.client.subscribe(followTask, { id })) {
      seen = task.position;
      yield task;
      if (isOver(task)) return;
    }
  } catch (error) {
    if (!isAway(error)) throw error;
  }
  for (let pause = 100; ; pause = Math.min(2000, pause * 2)) {
    const { task } = await patiently(session, () => session.client.request(showTask, { id }));
    if (!task) throw new CliError(exitCodes.refused, `there is no task ${id}`);
    if (task.position > seen) yield task;
    seen = task.position;
    if (isOver(task)) return;
    await sleep(pause, undefined, { signal: session.signal });
  }
}

/** The task when it is over; throws when it failed. */
export const finishedTask = async (session: Session, id: string): Promise<Task> => {
  let last: Task | null = null;
  for await (const task of taskChanges(session, id)) {
    // Whoever waits should know why it takes so long.
    if (task.error && task.state === "QUEUED" && task.attempt !== last?.attempt)
      session.output.note(`attempt ${task.attempt} failed: ${task.error.message} (${task.error.code}); the server tries again`);
    last = task;
  }
  if (!last) throw new CliError(exitCodes.unavailable, `nothing is known of task ${id}`, { hint: `look again: waybill task ${id}` });
  throwIfFailed(last);
  return last;
};

export const throwIfFailed = ({ state, taskId, attempt, error }: Task): void => {
  if (state !== "FAILED") return;
  const tries = attempt > 1 ? ` after ${attempt} attempts` : "";
  throw new CliError(exitCodes.failed, `task ${taskId} failed${tries}: ${error?.message ?? "unknown"} (${error?.code ?? "?"})`, {
    hint: `more about it: waybill events --stream tasks.task-${taskId}`,
  });
};
