import { group } from "#api/cli/group.ts";
import { exportBundle } from "./export.ts";
import { prove } from "./prove.ts";
import { replay } from "./replay.ts";
import { verify } from "./verify.ts";

export const audit = group({ name: "audit", summary: "verify the log, prove an event, export what others can verify" }, [verify, replay, prove, exportBundle]);
