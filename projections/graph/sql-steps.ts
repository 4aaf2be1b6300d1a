import { linkTypes } from "#domain/graph/kinds.ts";
import type { Sql } from "#projections/ports/sql.ts";
import type { Direction, Way } from "./walks.ts";

export type Numbers = Int32Array<ArrayBuffer>;

/** The neighbours of many nodes, in no order, some more than once. */
export type Stepper = (level: Numbers) => Promise<Numbers>;

/** From levels of so many nodes on, the server's work is worth two processes of it. */
export const manyNodes = 1000;

/** One statement finds the neighbours of a whole level by index alone; two at once, each of one half, where they are `many`. */
export const stepper = (sql: Sql, { direction, types }: Pick<Way, "direction" | "types">, { position, many }: { readonly position: number; readonly many: number }): Stepper => {
  const name = `graph.reach_${direction}`;
  // As the bytes of one value: an array, or a row each, is read much more slowly. Made distinct by who walks, by a bit each.
  const text = `select string_agg(int4send(node), '') as nodes from (${ends[direction].map(reached).join(" union all ")}) as reached`;
  const places = types.map((type) => linkTypes.indexOf(type));
  const neighbours: Stepper = async (level) => {
    const [row] = await sql.query<{ nodes: Buffer | null }>({ name, text, values: [arrayOf(level), places, position] });
    return row?.nodes ? numbersIn(row.nodes) : new Int32Array(0);
  };
  return async (level) => {
    if (level.length < many) return neighbours(level);
    const middle = level.length >>> 1;
    return joined(await Promise.all([neighbours(level.subarray(0, middle)), neighbours(level.subarray(middle))]));
  };
};

const ends: Readonly<Record<Direction, readonly (readonly [near: string, far: string])[]>> = {
  out: [["from_node", "to_node"]],
  in: [["to_node", "from_node"]],
  both: [
    ["from_node", "to_node"],
    ["to_node", "from_node"],
  ],
};

// The array comes from a select of its own, out of the planner's sight: on each new connection the first five plans would be made
// for just these numbers, looking each of them up in the statistics, and be worse.
const reached = ([near, far]: readonly [string, string]): string =>
  `select ${far} as node from graph.links where ${near} = any((select $1::int[])::int[]) and type = any($2::smallint[])
     and from_position <= $3 and (to_position is null or to_position > $3)`;

/** int4[] in PostgreSQL's binary format, which both sides are done with sooner than with the text. */
const arrayOf = (numbers: Numbers): Buffer => {
  // One dimension, no nulls, elements of type 23, how many, the first is number 1; then each after its length in bytes.
  const words = new Int32Array(5 + 2 * numbers.length).fill(4);
  words.set([1, 0, 23, numbers.length, 1]);
  for (let place = 0; place < numbers.length; place++) words[6 + 2 * place] = numbers[place] ?? 0;
  return Buffer.from(words.buffer).swap32();
};

/** The server's are in network order. */
const numbersIn = (bytes: Buffer): Numbers => new Int32Array(new Uint8Array(bytes.swap32()).buffer);

export const joined = (parts: readonly Numbers[]): Numbers => {
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
