import { isRefusal } from "#domain/kernel/decider.ts";
import { ConcurrencyConflict } from "#domain/kernel/errors.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import { binName } from "#domain/trust/bins.ts";
import { type IssuedFile, repositoryStream } from "#domain/trust/events.ts";
import { binsOf, planPublication } from "#domain/trust/publication.ts";
import type { Clock } from "#commands/ports/clock.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { PendingTargets } from "#commands/ports/pending-targets.ts";
import type { Signer } from "#commands/ports/signer.ts";
import type { Job } from "#commands/tasks/worker.ts";
import { issueMetadata } from "./issue-metadata.ts";
import { type Repositories, repositoryNotFound } from "./streams.ts";

export interface PublishingPending {
  readonly repositories: Repositories;
  readonly log: EventLog;
  readonly pending: PendingTargets;
  readonly signer: Signer;
  readonly clock: Clock;
  /** Resolves when clients can fetch what was published up to this position. */
  readonly visible: (position: number) => Promise<void>;
}

/**
 * The job of a publication task: everything that is in the log when it begins becomes visible, in one event. Another publisher
 * who is faster makes it throw `ConcurrencyConflict`; nothing was issued then, and no version is lost.
 */
export const publishPending = (needs: PublishingPending): Job => {
  const issue = issueMetadata(needs.signer);
  return async (repository, cause, signal) => {
    const head = await needs.log.head();
    const stream = repositoryStream(repository);
    const { state, revision, position } = await needs.repositories.latest(stream);
    if (!state) return repositoryNotFound(repository);
    const { settings } = state;
    const pending = await needs.pending.since(repository, state.covers, head);
    const touched = pending.bins.map((bin) => binName(settings.binPrefix, bin, settings.bins));
    const plan = planPublication(state, { covers: pending.revision, touched }, needs.clock());
    if (plan.files.length === 0) {
      await needs.visible(position);
      return result(state.roles, [], state.covers);
    }
    const indexOf = new Map(Array.from({ length: settings.bins }, (_, index) => [binName(settings.binPrefix, index, settings.bins), index]));
    const bins = binsOf(plan).map((name) => indexOf.get(name) ?? 0);
    const targets = await needs.pending.inBins(repository, bins, plan.covers);
    const files = await issue(state, plan, (bin) => targets.get(indexOf.get(bin) ?? 0) ?? "");
    signal.throwIfAborted();
    const answer = await needs.repositories.handle(stream, { type: "RecordPublication", repository, covers: plan.covers, files }, cause);
    if (isRefusal(answer)) {
      if (overtaken.has(answer.refused)) throw new ConcurrencyConflict(stream, revision, revision + 1);
      throw new Error(`the publication of ${repository} is wrong: ${answer.refused} ${answer.message}`);
    }
    await needs.visible(answer.position);
    return result(after(state.roles, files), files, plan.covers);
  };
};

/** What the decider says where another publisher was faster. */
const overtaken: ReadonlySet<string> = new Set(["VERSION_NOT_NEXT", "COVERS_GOES_BACK"]);

type Versions = ReadonlyMap<string, { readonly version: number }>;

const after = (roles: Versions, files: readonly IssuedFile[]): Versions => {
  const versions = new Map(roles);
  for (const file of files) versions.set(file.role, file);
  return versions;
};

/** Versions that clients see from now on, and what was issued for it. */
const result = (versions: Versions, files: readonly IssuedFile[], covers: number): JsonObject => ({
  covers,
  timestamp: versions.get("timestamp")?.version ?? 0,
  snapshot: versions.get("snapshot")?.version ?? 0,
  targets: versions.get("targets")?.version ?? 0,
  files: Object.fromEntries(files.map(({ role, version }) => [role, version])),
});
