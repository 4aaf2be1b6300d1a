import type { TaskKind } from "#domain/tasks/events.ts";
import { taskCodec } from "#domain/tasks/events.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { OpenTask } from "#commands/ports/open-task.ts";
import { openTasks } from "./open-tasks.ts";
import { elsewhereMs, type Hold, type Job, type Outcome, type WorkerNeeds, workOn } from "./worker.ts";

/**
 * Works under the lease of that name, which has a token above the one given, and which nobody else has meanwhile; null where
 * somebody has it.
 */
export type Alone = <Result>(name: string, above: number, work: (hold: Hold) => Promise<Result>) => Promise<{ readonly result: Result } | null>;

export interface RunWorker extends WorkerNeeds {
  readonly log: EventLog;
  readonly jobs: Readonly<Record<TaskKind, Job>>;
  /** The tasks that were open at a position of the log. */
  readonly openAt: () => Promise<{ readonly position: number; readonly tasks: readonly OpenTask[] }>;
  readonly alone: Alone;
  readonly report: (outcome: Outcome) => void;
  /** Subjects that it has in hand at the same time, at most. */
  readonly abreast?: number;
  readonly signal: AbortSignal;
}

const longestWaitMs = 60_000;
/** On a log that never rests it looks for work this often. */
const busyLookMs = 200;

/**
 * Does the tasks of all kinds as they are queued, until the signal; then drains. Of one kind and subject it does one turn at a
 * time, and nobody else does any meanwhile.
 */
export const runWorker = async (needs: RunWorker): Promise<void> => {
  const { log, clock, abreast = 8, signal } = needs;
  const { position, tasks } = await needs.openAt();
  const open = openTasks(tasks);
  const turn = turns(needs, open);
  const busy = new Map<string, Promise<void>>();
  let alarm: NodeJS.Timeout | undefined;
  let looked = 0;

  const look = (): void => {
    if (signal.aborted) return;
    looked = clock();
    const now = new Date(looked).toISOString();
    for (const [key, due] of open.due(now)) {
      if (busy.size >= abreast) break;
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
    if (page.caughtUp || clock() - looked >= busyLookMs) look();
  }
  clearTimeout(alarm);
  await Promise.all(busy.values());
};

/** One turn at the tasks of one kind and subject; never rejects. */
const turns = (needs: RunWorker, open: ReturnType<typeof openTasks>) => {
  const { jobs, clock, alone, report } = needs;
  const later = (due: readonly OpenTask[]) => {
    const until = new Date(clock() + elsewhereMs).toISOString();
    for (const task of due) open.hold(task.id, until);
  };
  return async (kind: TaskKind, due: readonly OpenTask[]): Promise<void> => {
    const work = workOn(needs, jobs[kind], open.hold, open.forget);
    const [subject = ""] = due.map((task) => task.subject);
    try {
      const held = await alone(`${kind}:${subject}`, Math.max(...due.map(({ token }) => token)), (hold) => work(due, hold));
      if (!held) later(due);
      else if (held.result) report(held.result);
    } catch (error) {
      // The log is away: nothing was lost, the tasks are taken again.
      later(due);
      report({ subject, tasks: due.length, error });
    }
  };
};
