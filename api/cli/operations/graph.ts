import { z } from "zod";
import { operation } from "#api/cli/operation.ts";
import { Done, done, type Input } from "./shared.ts";

export const recordVersions = operation<Input<{ ecosystem: string; source: string; versions: readonly object[] }>>()(
  `mutation RecordVersions($input: RecordVersionsInput!) { recordVersions(input: $input) ${done} }`,
  z.object({ recordVersions: Done }),
);
