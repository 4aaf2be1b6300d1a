import type { TaskKind } from "#domain/tasks/events.ts";
import { taskCodec } from "#domain/tasks/events.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { OpenTask } from "#commands/ports/open-task.ts";
import { openTasks } from "./open-tasks.ts";
import { type Job, type Outcome, type WorkerNeeds, workOn } from "./worker.ts";

export interface RunWorker extends WorkerNeeds {
  readonly log: EventLog;
  readonly jobs: Readonly<Record<TaskKind, Job>>;
  /** The tasks that were open at a position of the log. */
  readonly openAt: () => Promise<{ readonly position: number; readonly tasks: readonly OpenTask[] }>;
  readonly report: (outcome: Outcome) => void;
  readonly signal: AbortSignal;
}

const longestWaitMs = 60_000;

/** Does the tasks of all kinds as they are queued, one turn at a time per kind and subject, until the signal; then drains. */
export const runWorker = async (needs: RunWorker): Promise<void> => {
  const { log, jobs, clock, report, signal } = needs;
  const { position, tasks } = await needs.openAt();
  const open = openTasks(tasks);
  const busy = new Map<string, Promise<void>>();
  let alarm: NodeJS.Timeout | undefined;

  const turn = async (kind: TaskKind, due: readonly OpenTask[]) => {
    try {
      const outcome = await workOn(needs, jobs[kind], open.hold, open.forget)(due);
      if (outcome) report(outcome);
    } catch (error) {
      // The log is away: nothing was lost, the leases run out and the tasks are taken again.
      const later = new Date(clock() + 1_000).toISOString();
      for (const task of due) open.hold(task.id, later);
      report({ subject: due[0]?.subject ?? "", tasks: due.length, error });
    }
  };

  const look = (): void => {
    if (signal.aborted) return;
    const now = new Date(clock()).toISOString();
    for (const [key, due] of open.due(now)) {
      const [task] = due;
      if (task && !busy.has(key)) busy.set(key, turn(task.kind, due).finally(() => (busy.delete(key), look())));
    }
    clearTimeout(alarm);
    const next = open.nextDue(now);
    if (next !== undefined) alarm = setTimeout(look, Math.min(longestWaitMs, Math.max(1, Date.parse(next) - clock() + 1)));
  };

  look();
  for await (const page of log.subscribe({ after: position, types: taskCodec.types, signal })) {
    page.events.map(taskCodec.decode).forEach(open.see);
    if (page.caughtUp) look();
  }
  clearTimeout(alarm);
  await Promise.all(busy.values());
};
