import { count, counted, duration } from "#api/cli/format.ts";
import { type Published, rolesText } from "#api/cli/publication.ts";
import type { Output } from "#api/cli/terminal.ts";

/** What an import did. */
export interface Imported {
  readonly repository: string;
  readonly targets: number;
  readonly versions: number;
  /** How many were recorded: none where all was there already. */
  readonly events: number;
  readonly targetsBefore: number;
  readonly targetsAfter: number;
  readonly published: Published | null;
  readonly milliseconds: number;
}

export const summary = (output: Output, imported: Imported, wantsPublication: boolean): string[] => {
  const { repository, targets, events, targetsBefore, targetsAfter, published, milliseconds } = imported;
  const entries = entriesText(imported);
  const visible = published ? [`${output.green("published")} ${rolesText(published)}`] : [];
  if (events === 0) return [`nothing new: all ${entries} were there already (${duration(milliseconds)})`, ...visible];
  const pending = !wantsPublication && targets > 0 ? [`not published yet: ${output.program} publish ${repository}`] : [];
  const known =
    targets > 0
      ? `targets   ${count(targetsBefore)} before, ${count(targetsAfter)} now`
      : "no targets: an npm lock knows neither size nor SHA-256 of files";
  const headline = `${output.green("imported")} ${entries} into ${output.bold(repository)} in ${duration(milliseconds)}`;
  return [headline, `events    ${count(events)}`, known, ...visible, ...pending];
};

export const entriesText = ({ targets, versions }: { readonly targets: number; readonly versions: number }): string =>
  [...(targets > 0 ? [counted(targets, "target")] : []), counted(versions, "package version")].join(" and ");
