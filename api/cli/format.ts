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

/** Lines of a terminal's width, broken between words; all but the first begin where `head` ends. */
export const folded = (head: string, text: string, width = 80): string[] => {
  const lines: string[] = [];
  let line = head;
  for (const word of text.split(" ")) {
    if (line.length + word.length > width && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = " ".repeat(head.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
};
