import * as fc from "fast-check";
import type { Logged } from "./check/finding.ts";
import type { Attempt, History, Outcome, Seen } from "./history.ts";

/** A history and the log that it left. */
export interface Run {
  readonly attempts: readonly Attempt[];
  readonly log: readonly Logged[];
  readonly readers: History["readers"];
}

/** What one writer does at one moment, and what it hears of it. */
const step = fc.record({
  stream: fc.nat(2),
  events: fc.integer({ min: 1, max: 3 }),
  exact: fc.boolean(),
  fate: fc.constantFrom("told", "told", "told", "unheard", "vanished", "refused"),
  /** Positions that others' internal records take up in between. */
  gap: fc.nat(2),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Runs of a log that keeps its promises: at least five commands of which each kind of writer was told something. */
export const someRun: fc.Arbitrary<Run> = fc
  .tuple(fc.array(step, { minLength: 3, maxLength: 30 }), fc.array(fc.double({ min: 0.5, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }))
  .map(([steps, ends]) => carriedOut([...always, ...steps], ends));

const always: readonly Step[] = [0, 0, 1, 0].map((stream) => ({ stream, events: 2, exact: true, fate: "told" as const, gap: 1 }));

const carriedOut = (steps: readonly Step[], ends: readonly number[]): Run => {
  const log: Logged[] = [];
  const attempts = steps.map((taken, index) => attempt(taken, index, log));
  const readers = new Map(ends.map((end, index) => [`reader-${index}`, log.slice(0, Math.ceil(log.length * end)).map(seen)]));
  return { attempts, log, readers };
};

const attempt = ({ stream: number, events, exact, fate, gap }: Step, index: number, log: Logged[]): Attempt => {
  const stream = `stream-${number}`;
  const before = log.findLast((event) => event.stream === stream);
  const commandId = `command-${index}`;
  if (fate === "told" || fate === "unheard")
    for (let nth = 0; nth < events; nth++)
      log.push({
        id: `${commandId}/${nth}`,
        stream,
        revision: (before?.revision ?? -1) + 1 + nth,
        position: (log.at(-1)?.position ?? 0) + 1 + (nth === 0 ? gap : 0),
        commandId,
        markers: [`mark-${index}`],
        ...(exact ? { after: nth === 0 ? (before?.id ?? null) : `${commandId}/${nth - 1}` } : {}),
      });
  const expected = { stream, revision: before?.revision ?? -1 };
  return { by: `writer-${index % 3}`, at: index * 10, commandId, marker: `mark-${index}`, events, exact: exact ? expected : null, outcome: outcome(fate, index * 10 + 15, log.slice(-events)) };
};

/** Answers come when the next command has been asked already. */
const outcome = (fate: Step["fate"], at: number, left: readonly Logged[]): Outcome => {
  if (fate === "refused") return { kind: "refused", at, code: "CONFLICT" };
  const last = left.at(-1);
  if (fate !== "told" || !last) return { kind: "unknown" };
  const { stream, revision, position } = last;
  return { kind: "acknowledged", at, tries: 1, receipt: { stream, revision, position, eventIds: left.map(({ id }) => id), replayed: false } };
};

const seen = ({ id, stream, revision, position }: Logged): Seen => ({ id, stream, revision, position });
