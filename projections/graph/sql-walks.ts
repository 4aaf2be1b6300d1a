import type { Sql } from "#projections/ports/sql.ts";
import { joined, manyNodes, type Numbers, type Stepper, stepper } from "./sql-steps.ts";
import type { Direction, Found, Reached, Walks, Way } from "./walks.ts";

/**
 * Walks in PostgreSQL, level by level. Every statement reads as of the same position, on whichever connection, so that what is
 * recorded meanwhile does not come in.
 */
export const sqlWalks = (sql: Sql, many = manyNodes): Walks => ({
  closure: async (way) => {
    const position = await positionOf(sql, way.asOf);
    return closure(stepper(sql, way, { position, many }), way, position);
  },
  path: async (way) => {
    const position = await positionOf(sql, way.asOf);
    const there = sideOf(way.start, stepper(sql, way, { position, many }));
    const back = sideOf(way.end, stepper(sql, { ...way, direction: opposite[way.direction] }, { position, many }));
    return path({ there, back }, way, position);
  },
});

const positionOf = async (sql: Sql, asOf: number | null): Promise<number> => {
  const [row] = await sql.query<{ position: number }>({
    name: "graph.position",
    text: "select coalesce(max(position), 0) as position from graph.changes",
  });
  return Math.min(asOf ?? Number.MAX_SAFE_INTEGER, row?.position ?? 0);
};

/** Numbers of nodes, a bit each; as large as the largest of them asks for. */
const numberSet = () => {
  let words = new Uint32Array(256);
  const has = (number: number): boolean => ((words[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0;
  const add = (number: number): void => {
    if (number >>> 5 >= words.length) {
      const more = new Uint32Array(2 * ((number >>> 5) + 1));
      more.set(words);
      words = more;
    }
    words[number >>> 5] = (words[number >>> 5] ?? 0) | (1 << (number & 31));
  };
  return { has, add };
};

type NumberSet = ReturnType<typeof numberSet>;

/** Those that were not there, each once and in order; they are there from now on. */
const freshOf = (reached: Numbers, seen: NumberSet): Numbers => {
  let count = 0;
  for (const number of reached) {
    if (seen.has(number)) continue;
    seen.add(number);
    reached[count++] = number;
  }
  return reached.subarray(0, count).sort();
};

const closure = async (step: Stepper, { start, depth, limit }: Way & { readonly start: number }, position: number): Promise<Reached> => {
  const seen = numberSet();
  seen.add(start);
  const levels: Numbers[] = [];
  const answer = (truncated: boolean): Reached => ({ numbers: joined(levels), levels: levels.map(({ length }) => length).filter((count) => count > 0), truncated, position });
  let level = Int32Array.of(start);
  for (let [far, room] = [0, limit]; level.length > 0 && far < (depth ?? Number.POSITIVE_INFINITY); far++) {
    level = freshOf(await step(level), seen);
    levels.push(level.subarray(0, room));
    if (level.length > room) return answer(true);
    room -= level.length;
  }
  return answer(false);
};

interface Side {
  readonly levels: Numbers[];
  readonly seen: NumberSet;
  readonly step: Stepper;
}

const opposite: Readonly<Record<Direction, Direction>> = { out: "in", in: "out", both: "both" };

const sideOf = (node: number, step: Stepper): Side => {
  const seen = numberSet();
  seen.add(node);
  return { levels: [Int32Array.of(node)], seen, step };
};

/** From both ends at once: the level with fewer nodes is followed; where they meet is the middle of a shortest way. */
const path = async ({ there, back }: Record<"there" | "back", Side>, { start, end, depth, limit }: Parameters<Walks["path"]>[0], position: number): Promise<Found> => {
  if (start === end) return { numbers: [start], truncated: false, position };
  let looked = 2;
  for (let far = 0; far < (depth ?? Number.POSITIVE_INFINITY); far++) {
    const [side, other] = (there.levels.at(-1)?.length ?? 0) <= (back.levels.at(-1)?.length ?? 0) ? [there, back] : [back, there];
    const fresh = freshOf(await side.step(side.levels.at(-1) ?? new Int32Array(0)), side.seen);
    if (fresh.length === 0) break;
    looked += fresh.length;
    side.levels.push(fresh);
    const middle = fresh.find((number) => other.seen.has(number));
    if (middle !== undefined) {
      const before = await trail(there.levels, middle, back.step);
      const after = await trail(back.levels, middle, there.step);
      return { numbers: [...before.reverse(), middle, ...after], truncated: false, position };
    }
    if (looked > limit) return { numbers: null, truncated: true, position };
  }
  return { numbers: null, truncated: false, position };
};

/** From the middle back to where a side began: of each level one that leads there. */
const trail = async (levels: readonly Numbers[], middle: number, back: Stepper): Promise<number[]> => {
  const way: number[] = [];
  let at = middle;
  const begin = levels.findIndex((level) => level.includes(middle));
  for (const level of levels.slice(0, begin).reverse()) {
    const near = new Set(await back(Int32Array.of(at)));
    const next = level.find((number) => near.has(number));
    if (next === undefined) throw new Error("the trail of a walk is lost");
    way.push(next);
    at = next;
  }
  return way;
};
