import { isRefusal } from "#domain/kernel/decider.ts";
import type { Cause } from "#domain/kernel/event.ts";
import { taskStream } from "#domain/tasks/events.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import type { Receipt } from "#commands/ports/event-log.ts";
import type { Tasks } from "#commands/tasks/tasks.ts";

/** The task that a command asks for: the same however often the command is sent. */
export const taskOf = ({ commandId }: Pick<Cause, "commandId">): string => commandIdOf("task", commandId);

/** Queues the publication of everything pending in a repository; asking twice for one `task` is asking once. */
export const requestPublication =
  (tasks: Tasks) =>
  async (repository: string, task: string, cause: Cause): Promise<Receipt> => {
    const command = { type: "QueueTask", task, kind: "publication", subject: repository, input: {} } as const;
    const answer = await tasks.handle(taskStream(task), command, { ...cause, commandId: commandIdOf("queue", task) });
    if (isRefusal(answer)) throw new Error(`task ${task} could not be queued: ${answer.message}`);
    return answer;
  };
