import type { Recorded } from "#domain/kernel/event.ts";
import type { TaskEvent } from "#domain/tasks/events.ts";
import type { OpenTask } from "#commands/ports/open-task.ts";

/**
 * The open tasks by id, kept up to date by the events of all tasks. One that another has in hand is open too: whether that one
 * still lives is for the lease of the subject to say.
 */
export const openTasks = (initial: readonly OpenTask[]) => {
  const open = new Map(initial.map((task) => [task.id, task]));

  const change = (id: string, position: number, change: Partial<OpenTask>) => {
    const task = open.get(id);
    if (task && task.position < position) open.set(id, { ...task, ...change, position });
  };

  const see = ({ event, id, position, correlationId }: Recorded<TaskEvent>): void => {
    switch (event.type) {
      case "TaskQueued":
        if (!open.has(event.task))
          open.set(event.task, { id: event.task, kind: event.kind, subject: event.subject, attempt: 0, token: 0, busyUntil: null, correlationId, because: id, position });
        return;
      case "TaskLeased":
        return change(event.task, position, { attempt: event.attempt, token: event.token });
      case "TaskSucceeded":
        open.delete(event.task);
        return;
      case "TaskFailed":
        if (event.retryAt === null) open.delete(event.task);
        else change(event.task, position, { busyUntil: event.retryAt });
    }
  };

  const hold = (id: string, until: string) => {
    const task = open.get(id);
    if (task) open.set(id, { ...task, busyUntil: until });
  };

  return {
    see,
    hold,
    forget: (id: string) => open.delete(id),
    /** What may be taken now, by kind and subject. */
    due: (now: string): ReadonlyMap<string, readonly OpenTask[]> =>
      Map.groupBy(
        [...open.values()].filter(({ busyUntil }) => busyUntil === null || busyUntil <= now),
        ({ kind, subject }) => `${kind} ${subject}`,
      ),
    /** When the next one may be taken that may not be taken now. */
    nextDue: (now: string): string | undefined =>
      [...open.values()].flatMap(({ busyUntil }) => (busyUntil !== null && busyUntil > now ? [busyUntil] : [])).toSorted()[0],
  };
};
