import { type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import type { Walks, Way } from "#projections/graph/walks.ts";
import type { LinkRow } from "./link-histories.ts";

/** Walks as one would write them down first: over the whole history, row by row. */
export const naiveWalks = (rows: readonly LinkRow[], position: number): Walks => ({
  closure: async ({ start, ...way }) => {
    const levels: number[][] = [];
    for (let [seen, next] = [new Set([start]), [start]]; next.length > 0 && levels.length < (way.depth ?? Number.POSITIVE_INFINITY); ) {
      next = [...new Set(next.flatMap((node) => near(rows, way, node)))].filter((node) => !seen.has(node)).toSorted((a, b) => a - b);
      for (const node of next) seen.add(node);
      levels.push(next);
    }
    const numbers = levels.flat();
    return {
      numbers: numbers.slice(0, way.limit),
      levels: levels.map((level, index) => Math.max(0, Math.min(level.length, way.limit - levels.slice(0, index).flat().length))).filter(Boolean),
      truncated: numbers.length > way.limit,
      position: way.asOf ?? position,
    };
  },
  path: async ({ start, end, ...way }) => {
    let ways: readonly (readonly number[])[] = [[start]];
    const seen = new Set([start]);
    for (let steps = 0; ways.length > 0 && steps <= (way.depth ?? Number.POSITIVE_INFINITY); steps++) {
      const found = ways.find((one) => one.at(-1) === end);
      if (found) return { numbers: found, truncated: false, position: way.asOf ?? position };
      ways = ways.flatMap((one) => near(rows, way, one.at(-1)!).filter((node) => !seen.has(node) && seen.add(node)).map((node) => one.concat(node)));
    }
    return { numbers: null, truncated: false, position: way.asOf ?? position };
  },
});

const holds = (rows: readonly LinkRow[], { types, asOf }: Pick<Way, "types" | "asOf">): LinkRow[] => {
  const at = asOf ?? Number.MAX_SAFE_INTEGER;
  const wanted = new Set<LinkType | undefined>(types);
  return rows.filter(({ type, begin, end }) => begin <= at && at < end && wanted.has(linkTypes[type]));
};

const near = (rows: readonly LinkRow[], way: Way, node: number): number[] => {
  const there = holds(rows, way);
  const forth = there.filter(({ from }) => way.direction !== "in" && from === node).map(({ to }) => to);
  return forth.concat(there.filter(({ to }) => way.direction !== "out" && to === node).map(({ from }) => from));
};

/** Whether the numbers are a way along links that held. */
export const isWay = (rows: readonly LinkRow[], way: Way, numbers: readonly number[]): boolean =>
  numbers.every((node, index) => index === 0 || near(rows, way, numbers[index - 1]!).includes(node));
