import { isRefusal } from "#domain/kernel/decider.ts";
import { versionsStream } from "#domain/graph/events.ts";
import type { KnownVersions, RecordVersions } from "#domain/graph/versions.ts";
import type { Commands } from "#commands/commands.ts";
import type { Aggregate } from "#commands/kernel/aggregate.ts";

/** Records package versions with what they depend on; those that are known already leave no event. */
export const recordVersions =
  (ecosystems: Aggregate<RecordVersions, KnownVersions, never>): Commands["recordVersions"] =>
  async (input, cause) => {
    const receipt = await ecosystems.handle(versionsStream(input.ecosystem), { type: "RecordVersions", ...input }, cause);
    return isRefusal(receipt) ? receipt : { receipt, task: null };
  };
