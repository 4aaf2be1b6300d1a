import type { Attempt, History, Outcome } from "#test/faults/history.ts";
import type { Finding, Logged } from "./finding.ts";

type Told = Attempt & { readonly outcome: Extract<Outcome, { kind: "acknowledged" }> };

/** What writers were told, against what the log holds. */
export const checkCommands = ({ attempts }: History, log: readonly Logged[]): Finding[] => {
  const byCommand = Map.groupBy(log, ({ commandId }) => commandId);
  const byMarker = Map.groupBy(log.flatMap((event) => event.markers.map((marker) => ({ marker, event }))), ({ marker }) => marker);
  const told = attempts.filter((attempt): attempt is Told => attempt.outcome.kind === "acknowledged");
  return [
    ...attempts.flatMap((attempt) => checkAttempt(attempt, byCommand.get(attempt.commandId) ?? [])),
    ...attempts.flatMap((attempt) => checkMarker(attempt, byMarker.get(attempt.marker ?? "")?.length ?? 0)),
    ...told.flatMap((attempt) => checkReceipt(attempt, byCommand.get(attempt.commandId) ?? [])),
    ...checkWinners(told),
    ...checkRealTime(told),
  ];
};

const checkAttempt = ({ commandId, by, events, outcome }: Attempt, found: readonly Logged[]): Finding[] => {
  const what = `command ${commandId} of ${by}, ${outcome.kind}, has ${found.length} of ${events} events`;
  if (found.length > events) return [{ broken: "doubled", rule: "a command is carried out once", what }];
  if (outcome.kind === "refused" && found.length > 0) return [{ broken: "doubled", rule: "a refused command leaves nothing", what }];
  if (found.length > 0 && found.length < events) return [{ broken: "lost", rule: "a command is carried out whole", what }];
  return [];
};

/** The same wish under two commands would still be the same wish twice. */
const checkMarker = ({ marker, by, events, outcome }: Attempt, count: number): Finding[] =>
  marker !== null && count > events
    ? [{ broken: "doubled", rule: "what one command brought is in the log once", what: `${marker} of ${by}, ${outcome.kind}, is there ${count} times` }]
    : [];

/** Everything acknowledged is in the log, once, at the place of its receipt. */
const checkReceipt = ({ commandId, by, events, outcome: { receipt } }: Told, found: readonly Logged[]): Finding[] => {
  const rule = "what was acknowledged is in the log, where its receipt says";
  const what = `command ${commandId} of ${by}, ${receipt.stream}/${receipt.revision} at ${receipt.position}`;
  if (found.length === 0) return [{ broken: "lost", rule, what: `${what}: nothing is there` }];
  const first = receipt.revision - events + 1;
  const wrong = found.filter(({ id, stream, revision }, index) => stream !== receipt.stream || revision !== first + index || id !== receipt.eventIds[index]);
  const misplaced = found.at(-1)?.position !== receipt.position || receipt.eventIds.length !== events;
  if (wrong.length === 0 && !misplaced) return [];
  const there = found.map(({ id, stream, revision, position }) => `${id} as ${stream}/${revision} at ${position}`);
  return [{ broken: "lost", rule, what: `${what}: there is ${there.join(", ")} instead of ${receipt.eventIds.join(", ")}` }];
};

/** Of all who expect one revision of a stream, one wins; and is told the next one. */
const checkWinners = (told: readonly Told[]): Finding[] => {
  const winners = new Map<string, string>();
  return told.flatMap(({ exact, events, commandId, outcome: { receipt } }): Finding[] => {
    if (!exact) return [];
    const place = `${exact.stream}/${exact.revision}`;
    const other = winners.get(place);
    winners.set(place, commandId);
    return [
      ...(other === undefined ? [] : [{ broken: "doubled" as const, rule: "one wins who expects a revision", what: `${other} and ${commandId} on ${place}` }]),
      ...(receipt.revision === exact.revision + events ? [] : [{ broken: "reordered" as const, rule: "an append follows the revision that it expects", what: `${commandId} on ${place} got ${receipt.revision}` }]),
    ];
  });
};

/** What was acknowledged before another was asked has the lower position. */
const checkRealTime = (told: readonly Told[]): Finding[] => {
  const asked = told.toSorted((a, b) => a.at - b.at);
  const answered = told.toSorted((a, b) => a.outcome.at - b.outcome.at);
  let [next, highest] = [0, 0];
  return asked.flatMap((attempt): Finding[] => {
    for (let done = answered[next]; done && done.outcome.at < attempt.at; done = answered[++next]) highest = Math.max(highest, done.outcome.receipt.position);
    const { position } = attempt.outcome.receipt;
    if (position > highest) return [];
    return [{ broken: "reordered", rule: "what is asked later stands later", what: `${attempt.commandId} at ${position}, asked when ${highest} was acknowledged` }];
  });
};
