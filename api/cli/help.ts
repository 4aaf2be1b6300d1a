import type { Catalog } from "./catalog.ts";
import type { Description } from "./command.ts";
import { exitMeanings } from "./exit.ts";
import { asCalled, folded } from "./format.ts";
import { globalOptions, type Option, type Options } from "./options.ts";

/** What `waybill` alone shows. */
export const overview = (catalog: Catalog, program: string): string[] => [
  "Waybill: what software is, where it came from and who handled it, kept as events",
  "",
  `Usage: ${program} COMMAND [OPTIONS]`,
  ...catalog.flatMap(({ title, entries }) => ["", `${title}:`, ...entries.map(({ name, summary }) => `  ${name.padEnd(10)}  ${summary}`)]),
  "",
  "For every command:",
  ...optionLines(globalOptions),
  "",
  `More: ${program} help COMMAND, or help exit-codes, or help environment`,
];

/** What `waybill COMMAND --help` shows. */
export const commandHelp = ({ name, summary, operands, details = [], words = [], options, examples }: Description, program: string): string[] => {
  const own = optionLines(options);
  return [
    ...folded("", `waybill ${name}: ${summary}`),
    "",
    `Usage: ${program} ${[name, ...operands.map(brief)].join(" ")} [OPTIONS]`,
    ...details.flatMap((paragraph) => ["", ...folded("", asCalled(paragraph, program))]),
    ...(words.length > 0 ? ["", "Commands:", ...wordLines(words)] : []),
    ...(own.length > 0 ? ["", "Options:", ...own] : []),
    "",
    "For every command: --json --quiet --no-color --url URL --token-file FILE",
    ...(examples.length > 0 ? ["", "Examples:", ...examples.flatMap(([line, what]) => [`  # ${what}`, ...continued(`${program} ${line}`)])] : []),
  ];
};

/** A command as a shell takes it over several lines. */
const continued = (line: string): string[] => {
  if (line.length <= 78) return [`  ${line}`];
  return folded("  ", line, 78, "      ").map((part, index, all) => (index < all.length - 1 ? `${part} \\` : part));
};

const wordLines = (words: readonly (readonly [word: string, summary: string])[]): string[] => {
  const widest = Math.max(...words.map(([word]) => word.length));
  return words.flatMap(([word, text]) => folded(`  ${word.padEnd(widest)}  `, text));
};

/** Words of a group stand below one by one. */
const brief = (operand: string): string => (operand.includes("|") && operand.length > 50 ? "COMMAND" : operand);

/** What `waybill help TOPIC` shows. */
export const topics: ReadonlyMap<string, readonly string[]> = new Map([
  ["exit-codes", ["Exit codes:", ...exitMeanings.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`)]],
  [
    "environment",
    [
      "Environment:",
      "  WAYBILL_URL    the server (http://127.0.0.1:4000)",
      "  WAYBILL_DATA   the folder of a server on this machine (./data); its file",
      "                 admin-token is the token where no other is given, and goes to a",
      "                 server on this machine only",
      "  WAYBILL_TOKEN  the token",
      "  XDG_DATA_HOME  download keeps in waybill/trust below it whom it trusts",
      "                 (~/.local/share)",
      "  NO_COLOR       no colours, whatever its value",
    ],
  ],
]);

const optionLines = (options: Options): string[] => {
  const rows = Object.entries(options).map(([name, option]) => [spelling(name, option), option.help] as const);
  const widest = Math.max(0, ...rows.map(([spelled]) => spelled.length));
  return rows.flatMap(([spelled, help]) => folded(`  ${spelled.padEnd(widest)}  `, help.replace(/^--no-[a-z-]+: /, "")));
};

const spelling = (name: string, { short, value, help }: Option): string => {
  const long = help.startsWith(`--no-${name}:`) ? `--no-${name}` : `--${name}`;
  return `${short === undefined ? "    " : `-${short}, `}${long}${value === undefined ? "" : ` ${value}`}`;
};
