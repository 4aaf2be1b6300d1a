import { isRefusal, type Refusal } from "#domain/kernel/decider.ts";
import type { Cause } from "#domain/kernel/event.ts";
import { repositoryStream, targetsStream } from "#domain/trust/events.ts";
import type { TargetsCommand, TargetsRefusal } from "#domain/trust/targets.ts";
import type { Done } from "#commands/commands.ts";
import { type Publishing, publishIfPending, taskOf } from "./publish.ts";
import { repositoryNotFound, type TargetLists } from "./streams.ts";

export interface ChangingTargets extends Publishing {
  readonly targets: TargetLists;
}

/** What adding and removing have in common: the repository is there, the change is recorded, its publication is asked for. */
export const changeTargets = async (
  needs: ChangingTargets,
  command: TargetsCommand,
  publish: boolean,
  cause: Cause,
): Promise<Done | Refusal<TargetsRefusal | "REPOSITORY_NOT_FOUND" | "IDEMPOTENCY_KEY_REUSED">> => {
  const { repository } = command;
  const { state } = await needs.repositories.latest(repositoryStream(repository));
  if (!state) return repositoryNotFound(repository);
  const receipt = await needs.targets.handle(targetsStream(repository), command, cause);
  if (isRefusal(receipt)) return receipt;
  // The event names its task, and a policy queues it: also when this process dies here.
  if (receipt.eventIds.length > 0 || !publish) return { receipt, task: publish ? taskOf(repository, cause) : null };
  return { receipt, task: await publishIfPending(needs, repository, cause) };
};
