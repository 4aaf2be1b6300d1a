import type { Commands } from "#commands/commands.ts";
import { type ChangingTargets, changeTargets } from "./change-targets.ts";
import { taskOf } from "./publish.ts";

/** Adds targets or replaces them; what is there already in the same form is not recorded again. */
export const addTargets =
  (needs: ChangingTargets): Commands["addTargets"] =>
  async ({ repository, targets, publish }, cause) => {
    const command = { type: "AddTargets", repository, targets, task: publish ? taskOf(cause) : null } as const;
    const answer = await changeTargets(needs, command, publish, cause);
    if ("refused" in answer && answer.refused === "TARGET_NOT_FOUND") throw new Error(answer.message);
    return answer;
  };
