import type { Recorded } from "#domain/kernel/event.ts";
import type { TargetsEvent } from "#domain/trust/events.ts";
import { targetEntry } from "#domain/trust/metadata.ts";
import type { Target } from "#domain/trust/target.ts";
import { copyRow } from "#projections/kernel/copy.ts";
import type { WritableSql } from "#projections/ports/sql.ts";

interface Row {
  readonly repository: string;
  readonly target: Target;
  readonly from: number;
  to: number | null;
  readonly position: number;
  readonly at: string;
}

/** What a run of targets events changes: rows that end, rows that begin, and how far each repository's stream was seen. */
export interface TargetChanges {
  readonly ended: readonly { readonly repository: string; readonly path: string; readonly to: number }[];
  readonly begun: readonly Row[];
  readonly seen: ReadonlyMap<string, { readonly revision: number; readonly position: number }>;
}

/** Folds events in log order; a target that comes and goes within the run has a row of its own all the same. */
export const targetChanges = (events: readonly Recorded<TargetsEvent>[]): TargetChanges => {
  const ended: { repository: string; path: string; to: number }[] = [];
  const begun: Row[] = [];
  const present = new Map<string, Row | null>();
  const seen = new Map<string, { revision: number; position: number }>();

  const end = (repository: string, path: string, to: number) => {
    const key = `${repository}/${path}`;
    const row = present.get(key);
    if (row) row.to = to;
    else if (row === undefined) ended.push({ repository, path, to });
    present.set(key, null);
    return key;
  };

  for (const { event, revision, position, at } of events) {
    const { repository } = event;
    seen.set(repository, { revision, position });
    if (event.type === "TargetsRemoved") for (const path of event.paths) end(repository, path, revision);
    else
      for (const target of event.targets) {
        const row = { repository, target, from: revision, to: null, position, at };
        present.set(end(repository, target.path, revision), row);
        begun.push(row);
      }
  }
  return { ended, begun, seen };
};

/** Writes the changes in three statements, however many there are. `binOf` names the bin of a path in a repository. */
export const writeTargetChanges = async (
  sql: WritableSql,
  { ended, begun, seen }: TargetChanges,
  binOf: (repository: string, path: string) => number,
): Promise<void> => {
  await sql.query({
    name: "tuf_end_targets",
    text: `update targets set to_revision = ended.revision
      from unnest($1::text[], $2::text[], $3::int[]) as ended (repository, path, revision)
      where targets.repository = ended.repository and targets.path = ended.path and targets.to_revision is null`,
    values: [ended.map((row) => row.repository), ended.map((row) => row.path), ended.map((row) => row.to)],
  });
  await sql.copy(
    "targets (repository, path, from_revision, to_revision, bin, length, sha256, custom, entry, position, at)",
    begun.map((row) => copyRow(columns(row, binOf(row.repository, row.target.path)))),
  );
  await sql.query({
    name: "tuf_see_targets",
    text: `update repositories set targets_revision = seen.revision, position = seen.position
      from unnest($1::text[], $2::int[], $3::bigint[]) as seen (name, revision, position)
      where repositories.name = seen.name`,
    values: [[...seen.keys()], [...seen.values()].map(({ revision }) => revision), [...seen.values()].map(({ position }) => position)],
  });
};

const columns = ({ repository, target, from, to, position, at }: Row, bin: number) => {
  const { path, length, hashes, custom } = target;
  return [repository, path, from, to, bin, length, hashes.sha256, custom ? JSON.stringify(custom) : null, targetEntry(target), position, at];
};
