import { isRefusal } from "#domain/kernel/decider.ts";
import type { Cause } from "#domain/kernel/event.ts";
import { taskStream } from "#domain/tasks/events.ts";
import { repositoryStream, targetsStream } from "#domain/trust/events.ts";
import { dueRoles } from "#domain/trust/publication.ts";
import type { Repository } from "#domain/trust/repository.ts";
import type { Commands } from "#commands/commands.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import type { Clock } from "#commands/ports/clock.ts";
import type { EventLog, Receipt } from "#commands/ports/event-log.ts";
import type { Tasks } from "#commands/tasks/tasks.ts";
import { type Repositories, repositoryNotFound } from "./streams.ts";

export interface Publishing {
  readonly repositories: Repositories;
  readonly tasks: Tasks;
  readonly log: EventLog;
  readonly clock: Clock;
}

/** Asks for a publication of everything that is pending or due, and for none where nothing is. */
export const publish =
  (needs: Publishing): Commands["publish"] =>
  async ({ repository }, cause) => {
    const stream = repositoryStream(repository);
    const { state, revision, position } = await needs.repositories.latest(stream);
    if (!state) return repositoryNotFound(repository);
    const task = taskOf(repository, cause);
    if (await isPending(needs, repository, state)) return { receipt: await queuePublication(needs.tasks, repository, task, cause), task };
    // The command sent again: what it asked for may be done by now.
    const first = await needs.log.receipt(queueingOf(task));
    return first ? { receipt: first, task } : { receipt: { position, stream, revision, eventIds: [], replayed: false }, task: null };
  };

/** The task of the publication where there is something to publish. */
export const publishIfPending = async (needs: Publishing, repository: string, cause: Cause): Promise<string | null> => {
  const { state } = await needs.repositories.latest(repositoryStream(repository));
  if (!state || !(await isPending(needs, repository, state))) return null;
  const task = taskOf(repository, cause);
  await queuePublication(needs.tasks, repository, task, cause);
  return task;
};

/** The task that a command asks for: the same however often the command is sent, another for another repository. */
export const taskOf = (repository: string, { commandId }: Pick<Cause, "commandId">): string => commandIdOf("task", commandId, repository);

/** Queues a publication of everything pending; asking twice for one `task` is asking once. */
export const queuePublication = async (tasks: Tasks, repository: string, task: string, cause: Cause): Promise<Receipt> => {
  const command = { type: "QueueTask", task, kind: "publication", subject: repository, input: {} } as const;
  const answer = await tasks.handle(taskStream(task), command, { ...cause, commandId: queueingOf(task) });
  if (isRefusal(answer)) throw new Error(`task ${task} could not be queued: ${answer.message}`);
  return answer;
};

const queueingOf = (task: string) => commandIdOf("queue", task);

const isPending = async ({ log, clock }: Publishing, repository: string, state: Repository): Promise<boolean> =>
  dueRoles(state, clock()).length > 0 || (await log.read(targetsStream(repository), { after: state.covers, limit: 1 })).length > 0;
