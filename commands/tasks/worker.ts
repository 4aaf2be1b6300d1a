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
  readonly name: string;
  readonly tasks: Tasks;
  readonly clock: Clock;
}

const leaseMs = 60_000;
const defectTries = 5;
const tries = 30;

/**
 * Leases what it can of these tasks (one kind, one subject), does the work once, and reports it for each of them.
 * `hold` is told until when a task is busy, `forget` which is over: both are on the log before.
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
      return [{ ...task, attempt: task.attempt + 1 }];
    }
    if (typeof answer.details["until"] === "string") hold(task.id, answer.details["until"]);
    else forget(task.id);
    return [];
  };

  const succeed = async (task: OpenTask, result: JsonObject) => {
    await tell(task, { type: "SucceedTask", attempt: task.attempt, result }, commandIdOf("succeed", task.id, `${task.attempt}`));
    forget(task.id);
  };

  const fail = async (task: OpenTask, error: TaskError, last: boolean) => {
    const retryAt = last ? null : iso(clock() + Math.min(300_000, 250 * 2 ** task.attempt));
    await tell(task, { type: "FailTask", attempt: task.attempt, error, retryAt }, commandIdOf("fail", task.id, `${task.attempt}`));
    if (retryAt === null) forget(task.id);
    else hold(task.id, retryAt);
  };

  return async (due: readonly OpenTask[]): Promise<Outcome | null> => {
    const leased = (await Promise.all(due.map(lease))).flat();
    const [first] = leased;
    if (!first) return null;
    const outcome = { subject: first.subject, tasks: leased.length };
    try {
      const result = await job(first.subject, causeOf(first, newId(clock())));
      await Promise.all(leased.map((task) => (isRefusal(result) ? fail(task, asError(result), true) : succeed(task, result))));
      return outcome;
    } catch (error) {
      const passing = error instanceof Unavailable || error instanceof ConcurrencyConflict;
      await Promise.all(leased.map((task) => fail(task, asError(error), task.attempt >= (passing ? tries : defectTries))));
      return { ...outcome, error };
    }
  };
};

const iso = (ms: number) => new Date(ms).toISOString();

const asError = (cause: unknown): TaskError => {
  if (typeof cause === "object" && cause !== null && isRefusal(cause)) return { code: cause.refused, message: cause.message };
  if (cause instanceof Unavailable || cause instanceof ConcurrencyConflict) return { code: cause.code, message: cause.message };
  return { code: "DEFECT", message: "The work failed by a defect; the server's log tells more" };
};
