import { group } from "#api/cli/group.ts";
import { causes } from "./causes.ts";
import { diff } from "./diff.ts";
import { effects } from "./effects.ts";
import { explain } from "./explain.ts";
import { exportBundle } from "./export.ts";
import { prove } from "./prove.ts";
import { replay } from "./replay.ts";
import { search } from "./search.ts";
import { verify } from "./verify.ts";

export const audit = group({ name: "audit", summary: "verify, search, explain, prove and export; replay read models" }, [
  verify, replay, diff, explain, search, causes, effects, prove, exportBundle,
]);
