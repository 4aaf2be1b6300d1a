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

/**
 * What a kind of task does for a subject: its result, or a refusal that no further try can change. The signal aborts when another
 * has, or may have, taken the subject over: what is not done by then is that one's to do.
 */
export type Job = (subject: string, cause: Cause, signal: AbortSignal) => Promise<JsonObject | Refusal>;

/** The lease of a subject, under which its tasks are worked on. */
export interface Hold {
  readonly token: number;
  /** Aborts when the lease is lost. */
  readonly signal: AbortSignal;
}

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

/** How soon to look again at what another has in hand. */
export const elsewhereMs = 1000;
const defectTries = 5;
const tries = 30;

/**
 * Takes the first that it can of these tasks (one kind, one subject), does the work once, and takes and reports the others when it
 * is done: a try that fails costs two events, however many wait for it, and one that takes hours costs no more. Whoever has lost
 * the subject meanwhile finds that the tasks have another attempt. `hold` is told until when a task waits, `forget` which is over:
 * both are on the log before.
 */
export const workOn = (needs: WorkerNeeds, job: Job, hold: (id: string, until: string) => void, forget: (id: string) => void) => {
  const { name, tasks, clock } = needs;
  const causeOf = (task: OpenTask, commandId: string): Cause => ({ actor: `worker:${name}`, commandId, correlationId: task.correlationId, causationId: task.because });
  const tell = (task: OpenTask, command: TaskCommand, commandId: string) => tasks.handle(taskStream(task.id), command, causeOf(task, commandId));

  const take = async (task: OpenTask, token: number): Promise<OpenTask[]> => {
    const now = clock();
    const answer = await tell(task, { type: "LeaseTask", worker: name, now: iso(now), token }, newId(now));
    if (!isRefusal(answer)) {
      // The stream knows which attempt this is; what was read of the task may be older.
      const { state } = await tasks.latest(taskStream(task.id));
      return state.state === "running" && state.token === token ? [{ ...task, attempt: state.attempt, because: answer.eventIds[0] ?? task.because }] : [];
    }
    if (answer.refused === "TASK_LEASED") hold(task.id, iso(now + elsewhereMs));
    else if (typeof answer.details["until"] === "string") hold(task.id, answer.details["until"]);
    else forget(task.id);
    return [];
  };

  const firstOf = async (due: readonly OpenTask[], token: number) => {
    for (const [index, task] of due.entries()) {
      const [first] = await take(task, token);
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

  return async (due: readonly OpenTask[], { token, signal }: Hold): Promise<Outcome | null> => {
    const { first, others } = await firstOf(due, token);
    if (!first) return null;
    const done = await attempted(() => job(first.subject, causeOf(first, newId(clock())), signal));
    // Nothing is wrong with the task: whoever has the subject now takes it at once.
    if ("error" in done && signal.aborted) return { subject: first.subject, tasks: due.length, error: done.error };
    const lost = await tellEnd(done)(first);
    if ("error" in done) {
      const later = iso(clock() + retryMs(first.attempt));
      for (const task of others) hold(task.id, later);
      return { subject: first.subject, tasks: due.length, error: done.error };
    }
    const leased = (await Promise.all(others.map((task) => take(task, token)))).flat();
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
