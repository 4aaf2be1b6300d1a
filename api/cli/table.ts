import { folded, widthOf } from "./format.ts";

export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** Rows under titles, as wide as their content; the last column is not padded, and what of it does not fit beside the others stands below. */
export const table = (columns: readonly Column[], rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY): string[] => {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => widthOf(row[index] ?? ""))));
  return all.flatMap((row) => {
    const cells = columns.map(({ right }, index) => pad(row[index] ?? "", widths[index] ?? 0, right === true));
    const line = cells.join("  ").trimEnd();
    return widthOf(line) <= width ? [line] : [cells.slice(0, -1).join("  ").trimEnd(), `    ${row.at(-1) ?? ""}`];
  });
};

/** Names and values below one another: a card. */
export const card = (entries: readonly (readonly [name: string, value: string])[], width = Number.POSITIVE_INFINITY): string[] => {
  const widest = Math.max(...entries.map(([name]) => widthOf(name)));
  return entries.flatMap(([name, value]) => folded(`${pad(name, widest, false)}  `, value, width));
};

const pad = (text: string, to: number, right: boolean): string => {
  const blanks = " ".repeat(Math.max(0, to - widthOf(text)));
  return right ? blanks + text : text + blanks;
};
