import type { RecordDeployment, Running } from "#domain/graph/deployments.ts";
import { deploymentsStream } from "#domain/graph/events.ts";
import type { Commands } from "#commands/commands.ts";
import type { Aggregate } from "#commands/kernel/aggregate.ts";
import { done } from "./sources.ts";

/** Records what services of an environment run from now on; where that is what they run already, no event. */
export const recordDeployment =
  (environments: Aggregate<RecordDeployment, Running, never>): Commands["recordDeployment"] =>
  async (input, cause) =>
    done(await environments.handle(deploymentsStream(input.environment), { type: "RecordDeployment", ...input }, cause));
