import type { StoredEvent } from "#domain/kernel/event.ts";
import { counted, printable } from "#api/cli/format.ts";
import { heading } from "#api/cli/graph/difference-lines.ts";
import type { Output } from "#api/cli/terminal.ts";
import type { TrustChange } from "./trust-changes.ts";

/** An event, and what it changes. */
export interface Changing {
  readonly by: StoredEvent;
  readonly changes: readonly TrustChange[];
}

/** Below the event what it did: a line for each target, and one for all roles that it published. */
export const trustLines = (output: Output, { by, changes }: Changing): string[] => [
  heading(output, { ...by, reason: by.reason ?? null }),
  ...(isPublication(changes) ? [published(output, changes)] : changes.map((one) => `  ${line(output, one)}`)),
];

export const isPublication = ([first]: readonly TrustChange[]): boolean => first?.change === "published";

const line = ({ green, red }: Output, { change, repository, what }: TrustChange): string =>
  change === "removed" ? red(`- ${repository}: ${printable(what)}`) : green(`+ ${repository}: ${printable(what)}`);

/** A publication of targets all over the place has many runs of bins. */
const mostRuns = 12;

const published = (output: Output, changes: readonly TrustChange[]): string => {
  const runs = runsOf(changes.map(({ what }) => what));
  const more = runs.slice(mostRuns).reduce((sum, { roles }) => sum + roles, 0);
  const texts = runs.slice(0, mostRuns).map(({ text }) => text);
  return `  ${output.yellow(`~ ${changes[0]?.repository}: ${texts.join(", ")}${more > 0 ? ` and ${counted(more, "more role")}` : ""}`)}`;
};

/** Bins that follow one another in the same version are one: `bins-00 to bins-ff v1`. */
const runsOf = (roles: readonly string[]): readonly { readonly text: string; readonly roles: number }[] => {
  const runs: string[][] = [];
  for (const role of roles) {
    const last = runs.at(-1);
    if (last && follows(last.at(-1) ?? "", role)) last.push(role);
    else runs.push([role]);
  }
  return runs.map((run) => ({ text: run.length > 2 ? `${bin(run[0])?.name} to ${run.at(-1)}` : run.join(", "), roles: run.length }));
};

const follows = (one: string, other: string): boolean => {
  const [before, behind] = [bin(one), bin(other)];
  return before !== null && behind !== null && before.prefix === behind.prefix && before.version === behind.version && before.index + 1 === behind.index;
};

const bin = (role = "") => {
  const [, name = "", prefix = "", index = "", version] = /^((.*-)([0-9a-f]+)) v(\d+)$/.exec(role) ?? [];
  return version === undefined ? null : { name, prefix, index: Number.parseInt(index, 16), version };
};
