import type { History, Seen } from "#test/faults/history.ts";
import type { Finding, Logged } from "./finding.ts";

/** Every reader saw every event of the log once, in its order, up to where it ended; and nothing else. */
export const checkReaders = ({ readers }: History, log: readonly Logged[]): Finding[] => {
  const places = new Map(log.map(({ id }, index) => [id, index]));
  return [...readers].flatMap(([by, seen]) => checkReader(by, seen, { log, places }));
};

interface Whole {
  readonly log: readonly Logged[];
  readonly places: ReadonlyMap<string, number>;
}

const checkReader = (by: string, seen: readonly Seen[], { log, places }: Whole): Finding[] => {
  const known = new Set<number>();
  let last = -1;
  const findings = seen.flatMap((event): Finding[] => {
    const what = `${by}: ${event.id} as ${event.stream}/${event.revision} at ${event.position}`;
    const place = places.get(event.id);
    const logged = place === undefined ? undefined : log[place];
    if (place === undefined || !logged) return [{ broken: "lost", rule: "what a reader saw stays in the log", what }];
    if (known.has(place)) return [{ broken: "doubled", rule: "a reader sees an event once", what }];
    known.add(place);
    const before = last;
    last = Math.max(last, place);
    if (place < before) return [{ broken: "reordered", rule: "a reader sees the log in its order", what }];
    return differences(event, logged, what);
  });
  return [...findings, ...passedOver(by, log.slice(0, last + 1), known)];
};

const passedOver = (by: string, events: readonly Logged[], known: ReadonlySet<number>): Finding[] =>
  events.flatMap(({ id, position }, place): Finding[] =>
    known.has(place) ? [] : [{ broken: "lost", rule: "a reader passes over nothing", what: `${by}: ${id} at ${position}` }],
  );

const differences = (event: Seen, logged: Logged, what: string): Finding[] =>
  event.position === logged.position && event.stream === logged.stream && event.revision === logged.revision
    ? []
    : [{ broken: "reordered", rule: "a reader sees an event at its place", what: `${what}, in the log ${logged.stream}/${logged.revision} at ${logged.position}` }];
