import type { Finding, Logged } from "./finding.ts";

/** What must hold of the log by itself, whatever anybody was told: `log` is as `readAll` gives it. */
export const checkLog = (log: readonly Logged[]): Finding[] => [...checkPositions(log), ...checkIds(log), ...checkStreams(log)];

const checkPositions = (log: readonly Logged[]): Finding[] =>
  log.flatMap(({ position, id }, index): Finding[] => {
    const before = log[index - 1]?.position ?? 0;
    if (position > before) return [];
    return [{ broken: position === before ? "doubled" : "reordered", rule: "positions grow strictly", what: `${id} at ${position} behind ${before}` }];
  });

const checkIds = (log: readonly Logged[]): Finding[] => {
  const known = new Set<string>();
  return log.flatMap(({ id, position }): Finding[] => {
    if (known.size !== known.add(id).size) return [];
    return [{ broken: "doubled", rule: "an event is in the log once", what: `${id} again at ${position}` }];
  });
};

/** Revisions of each stream are 0, 1, 2 … in the order of positions, and each event follows the one that its writer had seen. */
const checkStreams = (log: readonly Logged[]): Finding[] => {
  const last = new Map<string, Logged>();
  return log.flatMap((event) => {
    const before = last.get(event.stream);
    last.set(event.stream, event);
    return [...checkRevision(event, before?.revision ?? -1), ...checkLineage(event, before?.id ?? null)];
  });
};

const checkRevision = ({ stream, revision, position }: Logged, before: number): Finding[] => {
  if (revision === before + 1) return [];
  const what = `${stream} has ${revision} behind ${before}, at ${position}`;
  if (revision > before) return [{ broken: "lost", rule: "revisions leave no gap", what }];
  return [{ broken: revision === before ? "doubled" : "reordered", rule: "revisions follow each other", what }];
};

const checkLineage = ({ after, id, stream, revision }: Logged, before: string | null): Finding[] =>
  after === undefined || after === before
    ? []
    : [{ broken: "reordered", rule: "an event follows the one that its writer had seen", what: `${stream}/${revision}: ${id} was written behind ${after} and stands behind ${before}` }];
