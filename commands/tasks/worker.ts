import { isRefusal, type Refusal } from "#domain/kernel/decider.ts";
import { ConcurrencyConflict, Unavailable } from "#domain/kernel/errors.ts";
import type { Cause } from "#domain/kernel/event.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import { taskStream } from "#domain/tasks/events.ts";
import type { TaskCommand, TaskError } from "#domain/tasks/task.ts";
import { commandIdOf, newId } from "#commands/kernel/command-id.ts";
import type { Clock } from "#commands/ports/clock.ts";
import type { OpenTask } from "#commands/ports/open-task.ts";
import type { Tasks } from "./tasks.ts";

/** What a kind of task does for a subject: its result, or a refusal that no further try can change. */
export type Job = (subject: string, cause: Cause) => Promise<JsonObject | Refusal>;

/** How one turn of work ended; for the edge to log. */
export interface Outcome {
  readonly subject: string;
  readonly tasks: number;
  readonly error?: unknown;
}

export interface WorkerNeeds {
  /** The same again after a restart, and nobody else's: it takes up at once what it held. */
  readonly name: string;
  readonly tasks: Tasks;
  readonly clock: Clock;
}

const leaseMs = 15_000;
const defectTries = 5;
const tries = 30;

/**
 * Leases the first that it can of these tasks (one kind, one subject), does the work once, and takes and reports the others when it
 * is done: a try that fails costs two events, however many wait for it. `hold` is told until when a task is busy, `forget`
 * which is over: both are on the log before.
 */
export const workOn = (needs: WorkerNeeds, job: Job, hold: (id: string, until: string) => void, forget: (id: string) => void) => {
  const { name, tasks, clock } = needs;
  const causeOf = (task: OpenTask, commandId: string): Cause => ({ actor: `worker:${name}`, commandId, correlationId: task.correlationId });
  const tell = (task: OpenTask, command: TaskCommand, commandId: string) => tasks.handle(taskStream(task.id), command, causeOf(task, commandId));

  const lease = async (task: OpenTask): Promise<OpenTask[]> => {
    const now = clock();
    const expires = iso(now + leaseMs);
    const answer = await tell(task, { type: "LeaseTask", worker: name, now: iso(now), expires }, newId(now));
    if (!isRefusal(answer)) {
      hold(task.id, expires);
      // The stream knows which attempt this is; what was read of the task may be older.
      const { state } = await tasks.latest(taskStream(task.id));
      return state.state === "running" && state.worker === name ? [{ ...task, attempt: state.attempt }] : [];
    }
    if (typeof answer.details["until"] === "string") hold(task.id, answer.details["until"]);
    else forget(task.id);
    return [];
  };

  const firstOf = async (due: readonly OpenTask[]) => {
    for (const [index, task] of due.entries()) {
      const [first] = await lease(task);
      if (first) return { first, others: due.slice(index + 1) };
    }
    return { first: undefined, others: [] };
  };

  /** How it ended, told to its stream. The refusal where the task is another's by now: it stays open here, that one may die with it. */
  const end = async (task: OpenTask, command: TaskCommand & { readonly attempt: number }, until: string | null): Promise<Refusal | null> => {
    const answer = await tell(task, command, commandIdOf(command.type, task.id, `${command.attempt}`));
    if (isRefusal(answer) && answer.refused !== "TASK_OVER") return answer;
    if (until === null || isRefusal(answer)) forget(task.id);
    else hold(task.id, until);
    return null;
  };

  const fail = (task: OpenTask, error: TaskError, last: boolean) => {
    const retryAt = last ? null : iso(clock() + retryMs(task.attempt));
    return end(task, { type: "FailTask", attempt: task.attempt, error, retryAt }, retryAt);
  };

  const tellEnd = (done: Done) => (task: OpenTask) => {
    if ("error" in done) return fail(task, asError(done.error), task.attempt >= (isPassing(done.error) ? tries : defectTries));
    if (isRefusal(done.result)) return fail(task, asError(done.result), true);
    return end(task, { type: "SucceedTask", attempt: task.attempt, result: done.result }, null);
  };

  return async (due: readonly OpenTask[]): Promise<Outcome | null> => {
    const { first, others } = await firstOf(due);
    if (!first) return null;
    const done = await attempted(() => job(first.subject, causeOf(first, newId(clock()))));
    const lost = await tellEnd(done)(first);
    if ("error" in done) {
      const later = iso(clock() + retryMs(first.attempt));
      for (const task of others) hold(task.id, later);
      return { subject: first.subject, tasks: due.length, error: done.error };
    }
    const leased = (await Promise.all(others.map(lease))).flat();
    const refusals = [lost, ...(await Promise.all(leased.map(tellEnd(done))))];
    const refusal = refusals.find((one) => one !== null);
    const error = refusal && new Error(`${refusal.refused}: ${refusal.message}`);
    return { subject: first.subject, tasks: 1 + leased.length, error };
  };
};

const retryMs = (attempt: number): number => Math.min(300_000, 250 * 2 ** attempt);

type Done = { readonly result: JsonObject | Refusal } | { readonly error: unknown };

const attempted = async (work: () => Promise<JsonObject | Refusal>): Promise<Done> => {
  try {
    return { result: await work() };
  } catch (error) {
    return { error };
  }
};

const isPassing = (error: unknown) => error instanceof Unavailable || error instanceof ConcurrencyConflict;

const iso = (ms: number) => new Date(ms).toISOString();

const asError = (cause: unknown): TaskError => {
  if (typeof cause === "object" && cause !== null && isRefusal(cause)) return { code: cause.refused, message: cause.message };
  if (cause instanceof Unavailable || cause instanceof ConcurrencyConflict) return { code: cause.code, message: cause.message };
  return { code: "DEFECT", message: "The work failed by a defect; the server's log tells more" };
};
