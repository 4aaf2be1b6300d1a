import { stripVTControlCharacters } from "node:util";

const grouped = new Intl.NumberFormat("en-US");

export const count = (number: number): string => grouped.format(number);

/** "1 file", "2 files". */
export const counted = (number: number, one: string, many = `${one}s`): string => `${count(number)} ${number === 1 ? one : many}`;

export const bytes = (length: number): string => {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = length < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(length) / 3));
  return `${power === 0 ? count(length) : (length / 1000 ** power).toFixed(1)} ${units[power]}`;
};

export const duration = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
};

/** `2026-11-21 17:51:02Z` of an ISO time in UTC. */
export const time = (iso: string | null): string => (iso === null ? "–" : iso.replace("T", " ").replace(/\.\d+Z$/, "Z"));

/** `2026-11-21`, where the hour does not matter. */
export const date = (iso: string): string => iso.slice(0, 10);

/** What names from elsewhere may not do to a terminal. */
export const printable = (text: string): string => stripVTControlCharacters(text).replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, "\ufffd");

/** Keeps the end, which tells paths apart. */
export const shortened = (text: string, width: number): string =>
  text.length <= width ? text : `…${text.slice(text.length - Math.max(0, width - 1))}`;

/** Commands that a text proposes (`waybill list`), as this reader has to type them. */
export const asCalled = (text: string, program: string): string => text.replace(/(?<![\w/])waybill (?=[A-Za-z])/g, `${program} `);

/** Columns that a text takes: colours take none. */
export const widthOf = (text: string): number => stripVTControlCharacters(text).length;

/** Lines of a terminal's width, broken between words; all but the first begin with `hang`, or where `head` ends. */
export const folded = (head: string, text: string, width = 80, hang = " ".repeat(widthOf(head))): string[] => {
  const lines: string[] = [];
  let line = { text: head, width: widthOf(head), words: head.trim() === "" ? 0 : 1 };
  for (const word of text.split(" ")) {
    if (line.width + widthOf(word) > width && line.words > 0) {
      lines.push(line.text.trimEnd());
      line = { text: hang, width: widthOf(hang), words: 0 };
    }
    // Blanks between words, but not where a line begins.
    if (word === "" && line.words === 0) continue;
    line = { text: `${line.text}${word} `, width: line.width + widthOf(word) + 1, words: line.words + 1 };
  }
  return [...lines, line.text.trimEnd()];
};

/** A line of whatever kind in lines of a terminal's width: what goes on stands a little further right than it began. */
export const fitted = (line: string, width: number): string[] => {
  if (widthOf(line) <= width) return [line];
  // oxlint-disable-next-line no-control-regex
  const [head = ""] = /^(?: |\u001b\[[\d;]*m)*/.exec(line) ?? [];
  return folded(head, line.slice(head.length), width, " ".repeat(widthOf(head) + 4));
};
