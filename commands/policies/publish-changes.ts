import { targetsCodec, type TargetsEvent } from "#domain/trust/events.ts";
import type { Tasks } from "#commands/tasks/tasks.ts";
import { queuePublication } from "#commands/trust/publish.ts";
import type { Policy } from "./policy.ts";

/** When targets were added or removed with a wish to publish, then the task that the event names is queued. */
export const publishChanges = (tasks: Tasks): Policy<TargetsEvent> => ({
  name: "publish-changes",
  types: targetsCodec.types,
  decode: targetsCodec.decode,
  react: ({ event: { repository, task } }) => (task === null ? [] : [(cause) => queuePublication(tasks, repository, task, cause)]),
});
