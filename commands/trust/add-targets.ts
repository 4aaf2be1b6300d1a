import type { Commands } from "#commands/commands.ts";
import { type ChangingTargets, changeTargets } from "./change-targets.ts";
import { taskOf } from "./publish.ts";

/** Adds targets or replaces them; what is there already in the same form is not recorded again. */
export const addTargets =
  (needs: ChangingTargets): Commands["addTargets"] =>
  ({ repository, targets, publish }, cause) =>
    changeTargets(needs, { type: "AddTargets", repository, targets, task: publish ? taskOf(repository, cause) : null }, publish, cause);
