import { linkTypes } from "#domain/graph/kinds.ts";
import type { Sql } from "#projections/ports/sql.ts";
import type { Direction, Found, Reached, Walks, Way } from "./walks.ts";

/**
 * Walks in PostgreSQL, level by level: one statement finds the neighbours of a whole level by index alone. Every level is read
 * as of the same position, so that what is recorded meanwhile does not come in.
 */
export const sqlWalks = (sql: Sql): Walks => ({
  closure: async (way) => {
    const position = await positionOf(sql, way.asOf);
    return closure(stepper(sql, way, position), way, position);
  },
  path: async (way) => {
    const position = await positionOf(sql, way.asOf);
    return path(sql, way, position);
  },
});

const positionOf = async (sql: Sql, asOf: number | null): Promise<number> => {
  const [row] = await sql.query<{ position: number }>({
    name: "graph.position",
    text: "select coalesce(max(position), 0) as position from graph.changes",
  });
  return Math.min(asOf ?? Number.MAX_SAFE_INTEGER, row?.position ?? 0);
};

/** The neighbours of many nodes, each once, in no order. */
type Stepper = (level: readonly number[]) => Promise<readonly number[]>;

const halves: Readonly<Record<Direction, readonly (readonly [near: string, far: string])[]>> = {
  out: [["from_node", "to_node"]],
  in: [["to_node", "from_node"]],
  both: [
    ["from_node", "to_node"],
    ["to_node", "from_node"],
  ],
};

const half = ([near, far]: readonly [string, string]): string =>
  `select ${far} as node from graph.links where ${near} = any($1::int[]) and type = any($2::smallint[])
     and from_position <= $3 and (to_position is null or to_position > $3)`;

const stepper = (sql: Sql, { direction, types }: Pick<Way, "direction" | "types">, position: number): Stepper => {
  const places = types.map((type) => linkTypes.indexOf(type));
  // As one text: PostgreSQL's arrays are read much more slowly. Made distinct as numbers: as texts they would be sorted.
  const text = `select string_agg(node::text, ',') as nodes from (select distinct node from (${halves[direction].map(half).join(" union all ")}) as reached) as once`;
  return async (level) => {
    const [row] = await sql.query<{ nodes: string | null }>({ name: `graph.step_${direction}`, text, values: [level, places, position] });
    return row?.nodes ? row.nodes.split(",").map(Number) : [];
  };
};

const closure = async (step: Stepper, { start, depth, limit }: Way & { readonly start: number }, position: number): Promise<Reached> => {
  const seen = new Set([start]);
  const numbers: number[] = [];
  const levels: number[] = [];
  let level: readonly number[] = [start];
  for (let far = 0; level.length > 0 && far < (depth ?? Number.POSITIVE_INFINITY); far++) {
    const fresh = (await step(level)).filter((number) => !seen.has(number)).sort((a, b) => a - b);
    const room = limit - numbers.length;
    if (fresh.length > 0) levels.push(Math.min(room, fresh.length));
    if (fresh.length > room) {
      for (const number of fresh.slice(0, room)) numbers.push(number);
      return { numbers, levels: levels.filter((count) => count > 0), truncated: true, position };
    }
    for (const number of fresh) {
      seen.add(number);
      numbers.push(number);
    }
    level = fresh;
  }
  return { numbers, levels, truncated: false, position };
};

interface Side {
  readonly levels: (readonly number[])[];
  readonly seen: Set<number>;
  readonly step: Stepper;
}

/** From both ends at once: the level with fewer nodes is followed; where they meet is the middle of a shortest way. */
const path = async (sql: Sql, way: Parameters<Walks["path"]>[0], position: number): Promise<Found> => {
  const { start, end, depth, limit } = way;
  if (start === end) return { numbers: [start], truncated: false, position };
  const opposite = ({ out: "in", in: "out", both: "both" } as const)[way.direction];
  const there: Side = { levels: [[start]], seen: new Set([start]), step: stepper(sql, way, position) };
  const back: Side = { levels: [[end]], seen: new Set([end]), step: stepper(sql, { ...way, direction: opposite }, position) };
  for (let far = 0; far < (depth ?? Number.POSITIVE_INFINITY); far++) {
    const [side, other] = (there.levels.at(-1)?.length ?? 0) <= (back.levels.at(-1)?.length ?? 0) ? [there, back] : [back, there];
    const fresh = (await side.step(side.levels.at(-1) ?? [])).filter((number) => !side.seen.has(number));
    if (fresh.length === 0) break;
    for (const number of fresh) side.seen.add(number);
    side.levels.push(fresh);
    const middle = fresh.find((number) => other.seen.has(number));
    if (middle !== undefined) {
      const before = await trail(there.levels, middle, back.step);
      const after = await trail(back.levels, middle, there.step);
      return { numbers: [...before.reverse(), middle, ...after], truncated: false, position };
    }
    if (there.seen.size + back.seen.size > limit) return { numbers: null, truncated: true, position };
  }
  return { numbers: null, truncated: false, position };
};

/** From the middle back to where a side began: of each level one that leads there. */
const trail = async (levels: readonly (readonly number[])[], middle: number, back: Stepper): Promise<number[]> => {
  const way: number[] = [];
  let at = middle;
  const begin = levels.findIndex((level) => level.includes(middle));
  for (const level of levels.slice(0, begin).reverse()) {
    const near = new Set(await back([at]));
    const next = level.find((number) => near.has(number));
    if (next === undefined) throw new Error("the trail of a walk is lost");
    way.push(next);
    at = next;
  }
  return way;
};
