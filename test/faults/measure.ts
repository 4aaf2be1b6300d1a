import type { Attempt, Entry } from "./history.ts";
import type { Happened } from "./inject.ts";

/** Figures of one kind of writer: commands over the API, appends over the port. */
export interface Figures {
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  /** Acknowledged when sent again. */
  readonly retried: number;
  /** Milliseconds from the first try to the answer, of those acknowledged. */
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
}

export const figuresOf = (attempts: readonly Attempt[]): Figures => {
  const told = attempts.flatMap(({ at, outcome }) => (outcome.kind === "acknowledged" ? [{ ms: outcome.at - at, tries: outcome.tries }] : []));
  const took = told.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const of = (share: number) => took[Math.min(took.length - 1, Math.floor(share * took.length))] ?? 0;
  const having = (kind: string) => attempts.filter(({ outcome }) => outcome.kind === kind).length;
  return {
    acknowledged: told.length,
    refused: having("refused"),
    unknown: having("unknown"),
    retried: told.filter(({ tries }) => tries > 1).length,
    p50: of(0.5),
    p99: of(0.99),
    slowest: of(1),
  };
};

export interface FaultFigures {
  readonly kind: string;
  readonly count: number;
  /** The longest time in which nothing at all was acknowledged, that began during such a fault or up to a second before it; milliseconds. */
  readonly longestSilence: number;
}

/** How long nobody got an acknowledgement, by kind of fault. */
export const faultFigures = (happened: readonly Happened[], attempts: readonly Attempt[]): readonly FaultFigures[] => {
  const answers = attempts.flatMap(({ outcome }) => (outcome.kind === "acknowledged" ? [outcome.at] : [])).toSorted((a, b) => a - b);
  const silences = answers.map((at, index) => ({ from: answers[index - 1] ?? at, to: at }));
  const kinds = Map.groupBy(happened, ({ fault }) => `${fault.deed} ${fault.victim}`);
  return [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([kind, faults]) => ({
    kind,
    count: faults.length,
    longestSilence: silences
      .filter(({ from }) => faults.some(({ began, healed }) => from >= began - 1000 && from <= healed))
      .reduce((longest, { from, to }) => Math.max(longest, to - from), 0),
  }));
};

/** What failed tries said, most frequent first. */
export const codesOf = (entries: readonly Entry[]): readonly (readonly [string, number])[] => {
  const codes = Map.groupBy(entries.filter((entry) => entry.type === "failed" || entry.type === "refused"), ({ code, type }) => `${type} ${code}`);
  return [...codes].map(([code, found]) => [code, found.length] as const).toSorted(([, a], [, b]) => b - a);
};
