import { stripVTControlCharacters } from "node:util";

export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** Rows under titles, as wide as their content; the last column is not padded. */
export const table = (columns: readonly Column[], rows: readonly (readonly string[])[]): string[] => {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => width(row[index] ?? ""))));
  return all.map((row) =>
    columns
      .map(({ right }, index) => pad(row[index] ?? "", widths[index] ?? 0, right === true))
      .join("  ")
      .trimEnd(),
  );
};

/** Names and values below one another: a card. */
export const card = (entries: readonly (readonly [name: string, value: string])[]): string[] => {
  const widest = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(widest)}  ${value}`);
};

const width = (text: string): number => stripVTControlCharacters(text).length;

const pad = (text: string, to: number, right: boolean): string => {
  const blanks = " ".repeat(Math.max(0, to - width(text)));
  return right ? blanks + text : text + blanks;
};
