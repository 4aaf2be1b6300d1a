import { count } from "./check.ts";
import { codesOf, faultFigures, type Figures, figuresOf } from "./measure.ts";
import type { Outcome } from "./verdict.ts";

/** `postgres: A acknowledged, L lost, D doubled, R reordered, F faults` */
export const closingLine = ({ engine, history, findings, happened }: Outcome): string => {
  const acknowledged = history.attempts.filter(({ outcome }) => outcome.kind === "acknowledged").length;
  const [lost, doubled, reordered] = [count(findings, "lost"), count(findings, "doubled"), count(findings, "reordered")];
  return `${engine}: ${acknowledged} acknowledged, ${lost} lost, ${doubled} doubled, ${reordered} reordered, ${happened.length} faults`;
};

/** Something was tried, and nothing is wrong. */
export const isGood = ({ history, findings, happened, readModels, troubles }: Outcome): boolean =>
  history.attempts.some(({ outcome }) => outcome.kind === "acknowledged") &&
  [findings, readModels.differences, troubles].every(({ length }) => length === 0) &&
  readModels.digests.length > 0 &&
  happened.length > 0;

/** What is wrong, one line each, at most so many of a kind. */
export const complaints = ({ findings, readModels, troubles }: Outcome, most = 5): readonly string[] => {
  const byRule = Map.groupBy(findings, ({ broken, rule }) => `${broken}: ${rule}`);
  return [
    ...[...byRule].map(([rule, found]) => [`${rule} (${found.length} times)`, ...found.slice(0, most).map(({ what }) => what)].join("\n  ")),
    ...readModels.differences,
    ...troubles,
  ];
};

/** The report of one engine as Markdown. */
export const section = (outcome: Outcome): string => {
  const { engine, options, versions, machine, events, readModels, entries } = outcome;
  const { attempts, readers } = outcome.history;
  const [commands, appends] = [attempts.filter(({ exact }) => exact === null), attempts.filter(({ exact }) => exact !== null)];
  return [
    `## ${engine}`,
    "",
    `\`npm run faults -- ${outcome.chosen} --seconds ${options.seconds} --seed ${options.seed} --processes ${options.processes} --writers ${options.writers} --log-writers ${options.logWriters} --pace ${options.paceMs}\``,
    "",
    `**${closingLine(outcome)}**`,
    "",
    `${new Date().toISOString().slice(0, 10)}, ${machine}; ${versions.join(", ")}. ${events.toLocaleString("en")} events in the log, each seen by ${readers.size} readers; ${readModels.digests.length} tables of read models equal to a rebuild from zero (${readModels.digests.reduce((sum, { rows }) => sum + rows, 0).toLocaleString("en")} rows); TUF clients updated ${outcome.clientUpdates} times meanwhile and found all ${outcome.targets.toLocaleString("en")} targets in the end.`,
    "",
    ...(isGood(outcome) ? [] : ["Wrong:", "", ...complaints(outcome).map((line) => `- ${line.trim()}`), ""]),
    "| writers | acknowledged | of these sent again | refused | unknown | p50 | p99 | slowest |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    row(`${options.writers} over the API`, figuresOf(commands)),
    row(`${options.logWriters * 2} over the port, exact revisions`, figuresOf(appends)),
    "",
    "| fault | times | longest time without any acknowledgement |",
    "| --- | --- | --- |",
    ...faultFigures(outcome.happened, attempts).map(({ kind, count, longestSilence }) => `| ${kind} | ${count} | ${seconds(longestSilence)} |`),
    "",
    `Answers other than a receipt: ${codesOf(entries).map(([code, times]) => `${code} ${times}`).join(", ") || "none"}. Processes that ended by themselves: ${outcome.unexpected.join(", ") || "none"}.`,
    "",
  ].join("\n");
};

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

const row = (name: string, { acknowledged, retried, refused, unknown, p50, p99, slowest }: Figures): string =>
  `| ${name} | ${acknowledged} | ${retried} | ${refused} | ${unknown} | ${p50.toFixed(0)} ms | ${p99.toFixed(0)} ms | ${seconds(slowest)} |`;

const preface = `# What is left when parts die

Made by \`npm run faults -- all --report docs/reliability.md\`; one engine alone renews its own section. Real processes of Waybill (API, projectors,
workers) and real servers, with a TCP proxy on each line between them. Writers over the API retry under the same idempotency key at another process;
writers over the port read the end of a shared stream and append with exactly that revision. Meanwhile processes, servers and lines are killed (-9), paused
(SIGSTOP), cut, silenced, half-opened and slowed, drawn from the seed. Then everything heals and comes to rest, and a checker (\`test/faults/check\`, whose every
rule a test breaks on purpose) compares the journals of writers and readers with the log: everything acknowledged is there once, at the place of its receipt;
revisions are dense, in the order of positions; one append wins who expects a revision, and follows the event that its writer had seen; what is asked later stands
later; a refused command left nothing, an unknown one is there whole and once or not at all; readers saw every event once, in order, and nothing else.
`;

/** The text of the report with these sections in the place of older ones. */
export const withSections = (text: string, sections: ReadonlyMap<string, string>): string => {
  const old = new Map(text.split(/^(?=## )/m).flatMap((part) => /^## (.*)\n/.exec(part)?.[1] ?? []).map((name) => [name, sectionOf(text, name)]));
  const all = new Map([...old, ...sections]);
  return [preface, ...all.values()].map((part) => part.trimEnd()).join("\n\n").concat("\n");
};

const sectionOf = (text: string, name: string): string => text.split(/^(?=## )/m).find((part) => part.startsWith(`## ${name}\n`)) ?? "";
