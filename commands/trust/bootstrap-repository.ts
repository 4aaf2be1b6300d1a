import { isRefusal, refuse } from "#domain/kernel/decider.ts";
import { repositoryStream, type Settings } from "#domain/trust/events.ts";
import { planPublication } from "#domain/trust/publication.ts";
import { begun } from "#domain/trust/repository.ts";
import { firstRoot, rootPart } from "#domain/trust/root.ts";
import { binNames } from "#domain/trust/bins.ts";
import type { Commands } from "#commands/commands.ts";
import { keyReused } from "#commands/kernel/key-reused.ts";
import type { Clock } from "#commands/ports/clock.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Signer } from "#commands/ports/signer.ts";
import { issueMetadata } from "./issue-metadata.ts";
import type { Repositories } from "./streams.ts";

/**
 * Makes a repository's keys, its first root and its first, empty publication: one append, so that it is there whole or not at
 * all. A process that dies before leaves keys in the vault that nothing names.
 */
export const bootstrapRepository =
  (repositories: Repositories, log: EventLog, signer: Signer, clock: Clock): Commands["bootstrapRepository"] =>
  async ({ repository, settings }, cause) => {
    const stream = repositoryStream(repository);
    const before = await log.receipt(cause.commandId);
    if (before) return before.stream === stream ? { receipt: before, task: null } : keyReused(before.stream);
    if ((await repositories.latest(stream)).state)
      return refuse("REPOSITORY_EXISTS", `Repository ${repository} exists already`, { repository });
    const command = { type: "EstablishRepository", ...(await firstPublication(signer, repository, settings, clock())) } as const;
    const answer = await repositories.handle(stream, command, cause);
    if (!isRefusal(answer)) return { receipt: answer, task: null };
    if (answer.refused === "REPOSITORY_EXISTS" || answer.refused === "IDEMPOTENCY_KEY_REUSED") return refuse(answer.refused, answer.message, answer.details);
    throw new Error(`the first publication of ${repository} is wrong: ${answer.refused} ${answer.message}`);
  };

const firstPublication = async (signer: Signer, repository: string, settings: Settings, now: number) => {
  const rootKey = await signer.generate(`${repository} root`);
  const onlineKey = await signer.generate(`${repository} online`);
  const root = firstRoot({ rootKey, onlineKey, now, expires: settings.expires.root });
  const signature = await signer.sign(rootKey.keyid, rootPart(root));
  const established = { repository, settings, root: { signed: root, signatures: [signature] }, binKey: { keyid: onlineKey.keyid, key: onlineKey.key } };
  const plan = planPublication(begun(established), { covers: -1, touched: binNames(settings) }, now);
  const files = await issueMetadata(signer)(begun(established), plan, () => "");
  return { established, covers: plan.covers, files };
};
