import type { History } from "./history.ts";
import { checkCommands } from "./check/commands.ts";
import type { Broken, Finding, Logged } from "./check/finding.ts";
import { checkLog } from "./check/log.ts";
import { checkReaders } from "./check/readers.ts";

/** Every promise of the log that this history shows broken; `log` is the whole log as it is in the end. */
export const check = (history: History, log: readonly Logged[]): readonly Finding[] => [
  ...checkLog(log),
  ...checkCommands(history, log),
  ...checkReaders(history, log),
];

export const count = (findings: readonly Finding[], broken: Broken): number => findings.filter((finding) => finding.broken === broken).length;
