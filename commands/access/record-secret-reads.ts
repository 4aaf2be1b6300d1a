import { accessRecordCodec, secretStream } from "#domain/access/events.ts";
import { isRefusal } from "#domain/kernel/decider.ts";
import type { Command, Done } from "#commands/commands.ts";
import { commandIdOf, eventId } from "#commands/kernel/command-id.ts";
import type { EventLog } from "#commands/ports/event-log.ts";

/**
 * A command whose answer may hold a secret: that it leaves is in the log before the answer goes, so that there is no secret out there of
 * which the log does not know who got it.
 */
export const recordSecretReads =
  (log: EventLog, secret: "token" | "webhook") =>
  <Input, Code extends string, Answer extends Done & { readonly secret: string | null }>(
    command: Command<Input, Code, Answer>,
    idOf: (answer: Answer) => string,
  ): Command<Input, Code, Answer> =>
  async (input, cause) => {
    const answer = await command(input, cause);
    if (isRefusal(answer) || answer.secret === null) return answer;
    const commandId = commandIdOf("secret read", cause.commandId);
    const [causationId] = answer.receipt.eventIds;
    const event = accessRecordCodec.encode({ type: "SecretRead", secret, id: idOf(answer) });
    await log.append(secretStream, [{ id: eventId(commandId, 0), ...event }], {
      expected: "any",
      cause: { ...cause, commandId, ...(causationId === undefined ? {} : { causationId }) },
    });
    return answer;
  };
