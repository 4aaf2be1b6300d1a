import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import type { Broken, Logged } from "./check/finding.ts";
import { check } from "./check.ts";
import type { Attempt, Seen } from "./history.ts";
import { type Run, someRun } from "./some-run.ts";

const findings = ({ log, ...history }: Run) => check(history, log);

/** A way to break a run that `pick` chooses a place for, and the rule that must notice. */
interface Sabotage {
  readonly what: string;
  readonly broken: Broken;
  readonly rule: string;
  readonly sabotage: (run: Run, pick: Pick) => Run;
}
type Pick = <Item>(items: readonly Item[]) => Item;

const told = ({ attempts }: Run): readonly Attempt[] => attempts.filter(({ outcome }) => outcome.kind === "acknowledged");
const without = <Item>(items: readonly Item[], gone: (item: Item) => boolean) => items.filter((item) => !gone(item));
const last = (run: Run): Logged => run.log.at(-1) ?? assert.fail("an empty log");
const inLog = (run: Run, change: (event: Logged) => Logged): Run => ({ ...run, log: run.log.map(change) });
/** At the end of the log, so that only what the test is about is wrong. */
const added = (run: Run, event: Partial<Logged>): Run => {
  const stream = event.stream ?? "stream-late";
  const revision = (run.log.findLast((one) => one.stream === stream)?.revision ?? -1) + 1;
  return { ...run, log: [...run.log, { id: "late", stream, revision, position: last(run).position + 1, commandId: "late", markers: [], ...event }] };
};
const reading = (run: Run, change: (seen: readonly Seen[]) => readonly Seen[]): Run => ({
  ...run,
  readers: new Map([...run.readers].map(([by, seen], index) => [by, index === 0 ? change(seen) : seen])),
});
const retold = (run: Run, one: Attempt, change: Partial<Attempt>): Run => ({ ...run, attempts: run.attempts.map((each) => (each === one ? { ...one, ...change } : each)) });
const moved = (run: Run, one: Attempt, by: { readonly position?: number; readonly revision?: number }): Run => {
  if (one.outcome.kind !== "acknowledged") return assert.fail();
  const { receipt } = one.outcome;
  const to = { ...receipt, position: receipt.position + (by.position ?? 0), revision: receipt.revision + (by.revision ?? 0) };
  return retold(run, one, { outcome: { ...one.outcome, receipt: to } });
};

const receiptRule = "what was acknowledged is in the log, where its receipt says";
const sabotages: readonly Sabotage[] = [
  { what: "an acknowledged command is gone", broken: "lost", rule: receiptRule, sabotage: (run, pick) => {
    const { commandId } = pick(told(run));
    return { ...run, log: without(run.log, (event) => event.commandId === commandId) };
  } },
  { what: "half of a command is gone", broken: "lost", rule: "a command is carried out whole", sabotage: (run, pick) => {
    const { commandId } = pick(told(run).filter(({ events }) => events > 1));
    return { ...run, log: without(run.log, ({ id }) => id === `${commandId}/0`) };
  } },
  { what: "a receipt names another position", broken: "lost", rule: receiptRule, sabotage: (run, pick) => moved(run, pick(told(run)), { position: 1 }) },
  { what: "a receipt names another revision", broken: "lost", rule: receiptRule, sabotage: (run, pick) => moved(run, pick(told(run)), { revision: 1 }) },
  { what: "an event of a stream in the middle is gone", broken: "lost", rule: "revisions leave no gap", sabotage: (run, pick) => {
    const { id } = pick(run.log.filter(({ stream, position }) => run.log.some((later) => later.stream === stream && later.position > position)));
    return { ...run, log: without(run.log, (event) => event.id === id) };
  } },
  { what: "an event is there twice", broken: "doubled", rule: "an event is in the log once", sabotage: (run, pick) => added(run, { id: pick(run.log).id }) },
  { what: "a command was carried out twice under other ids", broken: "doubled", rule: "a command is carried out once", sabotage: (run, pick) => added(run, { commandId: pick(told(run)).commandId }) },
  { what: "an unknown command was carried out twice", broken: "doubled", rule: "a command is carried out once", sabotage: (run, pick) => {
    const one = pick(told(run));
    return added(retold(run, one, { outcome: { kind: "unknown" } }), { commandId: one.commandId });
  } },
  { what: "a wish was carried out under two commands", broken: "doubled", rule: "what one command brought is in the log once", sabotage: (run, pick) => added(run, { markers: [pick(told(run)).marker ?? ""] }) },
  { what: "a refused command is there", broken: "doubled", rule: "a refused command leaves nothing", sabotage: (run, pick) => retold(run, pick(told(run)), { outcome: { kind: "refused", at: 0, code: "CONFLICT" } }) },
  { what: "a revision is there twice", broken: "doubled", rule: "revisions follow each other", sabotage: (run, pick) => {
    const { stream } = pick(run.log);
    return added(run, { stream, revision: run.log.findLast((event) => event.stream === stream)?.revision ?? 0 });
  } },
  { what: "two won on one revision", broken: "doubled", rule: "one wins who expects a revision", sabotage: (run) => {
    const [first, , , second] = run.attempts;
    return first && second ? retold(run, second, { exact: first.exact }) : run;
  } },
  { what: "an append went elsewhere than behind the revision that it expected", broken: "reordered", rule: "an append follows the revision that it expects", sabotage: (run) => {
    const [, , third] = run.attempts;
    return third ? retold(run, third, { exact: { stream: "stream-1", revision: 7 } }) : run;
  } },
  { what: "somebody got in between a reading and its append", broken: "reordered", rule: "an event follows the one that its writer had seen", sabotage: (run, pick) => {
    const { id } = pick(run.log.filter(({ after, revision }) => typeof after === "string" && revision > 0));
    return inLog(run, (event) => (event.id === id ? { ...event, after: "another" } : event));
  } },
  { what: "two positions are one", broken: "doubled", rule: "positions grow strictly", sabotage: (run) => added(run, { position: last(run).position }) },
  { what: "a position goes back", broken: "reordered", rule: "positions grow strictly", sabotage: (run) => added(run, { position: last(run).position - 1 }) },
  { what: "two events of a stream have changed places", broken: "reordered", rule: "revisions follow each other", sabotage: (run) => {
    const revision = [1, 0];
    return inLog(run, (event) => (event.stream === "stream-0" ? { ...event, revision: revision[event.revision] ?? event.revision } : event));
  } },
  { what: "a later command stands earlier", broken: "reordered", rule: "what is asked later stands later", sabotage: (run) => {
    const [first, ...others] = run.attempts;
    return first ? { ...run, attempts: [{ ...first, at: 1e9 }, ...others] } : run;
  } },
  { what: "a reader passed over an event", broken: "lost", rule: "a reader passes over nothing", sabotage: (run, pick) =>
    reading(run, (seen) => without(seen, (one) => one === pick(seen.slice(0, -1)))) },
  { what: "a reader missed the beginning", broken: "lost", rule: "a reader passes over nothing", sabotage: (run) => reading(run, (seen) => seen.slice(1)) },
  { what: "a reader saw an event twice", broken: "doubled", rule: "a reader sees an event once", sabotage: (run, pick) => reading(run, (seen) => [...seen, pick(seen)]) },
  { what: "a reader saw two events in another order", broken: "reordered", rule: "a reader sees the log in its order", sabotage: (run) => reading(run, ([one, two, ...rest]) => (one && two ? [two, one, ...rest] : [])) },
  { what: "a reader saw what is not in the log", broken: "lost", rule: "what a reader saw stays in the log", sabotage: (run) => reading(run, (seen) => seen.map((one, index) => (index === 1 ? { ...one, id: "phantom" } : one))) },
  { what: "a reader saw an event at another place", broken: "reordered", rule: "a reader sees an event at its place", sabotage: (run) => reading(run, (seen) => seen.map((one, index) => (index === 1 ? { ...one, position: one.position + 1 } : one))) },
];

describe("The checker of histories", () => {
  it("finds nothing in a run of a log that keeps its promises", () => {
    fc.assert(fc.property(someRun, (run) => assert.deepEqual(findings(run), [])));
  });

  for (const { what, broken, rule, sabotage } of sabotages)
    it(`finds that ${what}`, () => {
      fc.assert(
        fc.property(someRun, fc.nat(), (run, where) => {
          const found = findings(sabotage(run, (items) => items[where % items.length] ?? assert.fail("nothing to pick")));
          assert.ok(found.some((finding) => finding.broken === broken && finding.rule === rule), JSON.stringify(found));
        }),
      );
    });

  it("has a sabotage for each of its rules", () => {
    const sources = ["log.ts", "commands.ts", "readers.ts"].map((file) => readFileSync(new URL(`check/${file}`, import.meta.url), "utf8"));
    const rules = new Set([...sources.join("").matchAll(/\brule(?:: | = )"([^"]+)"/g)].map(([, rule]) => rule));
    assert.deepEqual(new Set(sabotages.map(({ rule }) => rule)), rules);
  });
});
