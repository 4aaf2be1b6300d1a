import type { Done } from "#commands/commands.ts";
import type { Receipt } from "#commands/ports/event-log.ts";
import { isRefusal, type Refusal } from "#domain/kernel/decider.ts";
import { builder } from "./builder.ts";
import { nodeId } from "./node-id.ts";
import { Refused } from "./refused.ts";

export const ReceiptType = builder.objectRef<Receipt>("Receipt").implement({
  description: "What a command left in the log. Give `position` to a read as `after`, and it shows at least this.",
  fields: (t) => ({
    position: t.expose("position", { type: "Position", description: "Of the command's last event." }),
    stream: t.exposeString("stream"),
    revision: t.exposeInt("revision", { description: "Of the command's last event in its stream; -1 in an empty one." }),
    eventIds: t.exposeIDList("eventIds"),
    replayed: t.exposeBoolean("replayed", { description: "The command was carried out before; this is its first receipt." }),
  }),
});

const TaskRef = builder.objectRef<{ readonly uuid: string }>("TaskRef").implement({
  description: "A task that was just asked for. Read models may not know it yet: ask `task(id:)` or subscribe to it.",
  fields: (t) => ({
    id: t.id({ resolve: ({ uuid }) => nodeId("Task", uuid) }),
    taskId: t.exposeID("uuid"),
  }),
});

/** The payload of a mutation: its receipt, and the long work that it asked for. */
export const payload = (name: string, description: string) =>
  builder.objectRef<Done>(name).implement({
    description,
    fields: (t) => ({
      receipt: t.expose("receipt", { type: ReceiptType }),
      task: t.field({
        type: TaskRef,
        nullable: true,
        description: "Null where there is nothing to do.",
        resolve: ({ task }) => (task === null ? null : { uuid: task }),
      }),
    }),
  });

/** What a command did; a refusal becomes an error with its code. */
export const done = <Answer extends object>(answer: Answer | Refusal): Answer => {
  if (isRefusal(answer)) throw new Refused(answer);
  return answer;
};
