import { date, printable } from "#api/cli/format.ts";
import type { Brief } from "#api/cli/operations/graph-queries.ts";
import { table } from "#api/cli/table.ts";
import type { Output } from "#api/cli/terminal.ts";
import { plainName } from "./asked.ts";

/** Keys come last and are never cut: they are there to be copied. */
export const nodesTable = (output: Output, nodes: readonly Brief[]): string[] =>
  table([{ title: "KIND" }, { title: "SINCE" }, { title: "KEY" }], nodes.map(({ key, kind, since }) => [plainName(kind), date(since.at), output.bold(printable(key))]));
