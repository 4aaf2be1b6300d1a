import { repositoryStream } from "#domain/trust/events.ts";
import { dueRoles, nextDue } from "#domain/trust/publication.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import { type Publishing, queuePublication } from "./publish.ts";

const hourMs = 3_600_000;

/**
 * Queues a publication where metadata is due for renewal. Its task follows from the timestamp's version, which the renewal
 * raises: every process may ask, as often as it likes, and one task comes of it (an hour later another, should that one have
 * failed for good). Answers when the next renewal falls due, in milliseconds since 1970.
 */
export const renew =
  (needs: Publishing) =>
  async (repository: string): Promise<number> => {
    const { state } = await needs.repositories.latest(repositoryStream(repository));
    if (!state) return Infinity;
    if (dueRoles(state, needs.clock()).length === 0) return nextDue(state);
    const task = commandIdOf("renewal", repository, `${state.roles.get("timestamp")?.version}`, `${Math.floor(needs.clock() / hourMs)}`);
    await queuePublication(needs.tasks, repository, task, { actor: "system", reason: "renewal before expiry", commandId: task, correlationId: task });
    return nextDue(state);
  };
