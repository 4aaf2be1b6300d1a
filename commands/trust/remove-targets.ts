import type { Commands } from "#commands/commands.ts";
import { type ChangingTargets, changeTargets } from "./change-targets.ts";
import { taskOf } from "./publish.ts";

/** Takes targets away from clients; all of them or none. */
export const removeTargets =
  (needs: ChangingTargets): Commands["removeTargets"] =>
  ({ repository, paths, publish }, cause) =>
    changeTargets(needs, { type: "RemoveTargets", repository, paths, task: publish ? taskOf(repository, cause) : null }, publish, cause);
