import { type Edges, roomFor } from "./edges.ts";

/** The edges of all nodes in one direction, as compressed sparse rows. */
export interface Side {
  /**
   * Of node n: the edges that held when the rows were made stand from `places[2n]` on, those that had ended from `places[2n + 1]`
   * on, up to `places[2n + 2]`; each of the two by the number at the other end.
   */
  readonly places: Uint32Array;
  readonly other: Int32Array;
  readonly type: Uint8Array;
  readonly begin: Float64Array;
  /** Changed in place when an edge ends. */
  readonly end: Float64Array;
}

/** Compressed sparse rows of a graph with its history. */
export interface Rows {
  readonly nodes: number;
  readonly count: number;
  /** Everything up to this position is in the rows: what stands among the ended edges has ended by then. */
  readonly position: number;
  /** Of the rows that held then, how many have ended since. */
  endings: number;
  readonly out: Side;
  readonly in: Side;
}

/** Edges that are handled before others get their turn. */
const slice = 1 << 17;

/** Work in small steps, each of which yields. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Three passes of counting sort, each stable: by target, by source, by target again; so that each list is in order. */
export function* rowsOf(edges: Edges, nodes: number, position: number): Steps<Rows> {
  const { from, to } = edges;
  const byTarget = yield* sorted({ order: null, ends: null, of: to, edges, nodes });
  const outward = yield* sorted({ order: byTarget.order, ends: edges.end, of: from, edges, nodes });
  const inward = yield* sorted({ order: outward.order, ends: edges.end, of: to, edges, nodes });
  const out = yield* sideOf(edges, outward, to);
  return { nodes, count: edges.count, position, endings: 0, out, in: yield* sideOf(edges, inward, from) };
}

interface Sorting {
  /** The order so far; null: as they stand. */
  readonly order: Uint32Array | null;
  /** What had ended stands behind the rest of its node; null: no matter. */
  readonly ends: Float64Array | null;
  readonly of: Int32Array;
  readonly edges: Edges;
  readonly nodes: number;
}

interface Sorted {
  readonly order: Uint32Array;
  readonly places: Uint32Array;
}

function* sorted(sorting: Sorting): Steps<Sorted> {
  const { nodes, edges } = sorting;
  const places = new Uint32Array(2 * nodes + 2);
  for (let at = 0; at < edges.count; at += slice) {
    counted(sorting, places, [at, Math.min(edges.count, at + slice)]);
    yield;
  }
  for (let place = 1; place < places.length; place++) places[place] = (places[place] ?? 0) + (places[place - 1] ?? 0);
  const order = new Uint32Array(edges.count);
  for (let at = 0; at < edges.count; at += slice) {
    put(sorting, { places, order }, [at, Math.min(edges.count, at + slice)]);
    yield;
  }
  // Each place was moved to its end, which is the beginning of the next.
  return { order, places };
}

const holds = Number.POSITIVE_INFINITY;

/** Counted one place further on: the sum is then where each begins, and after the putting where it ends. */
const counted = ({ of, ends }: Sorting, places: Uint32Array, [at, until]: readonly [number, number]): void => {
  for (let edge = at; edge < until; edge++) {
    const place = 2 * (of[edge] ?? 0) + (ends !== null && ends[edge] !== holds ? 1 : 0) + 1;
    places[place] = (places[place] ?? 0) + 1;
  }
};

const put = ({ order: before, of, ends }: Sorting, { places, order }: Sorted, [at, until]: readonly [number, number]): void => {
  for (let index = at; index < until; index++) {
    const edge = before === null ? index : (before[index] ?? 0);
    const place = 2 * (of[edge] ?? 0) + (ends !== null && ends[edge] !== holds ? 1 : 0);
    const to = places[place] ?? 0;
    order[to] = edge;
    places[place] = to + 1;
  }
};

function* sideOf(edges: Edges, { order, places }: Sorted, other: Int32Array): Steps<Side> {
  const { to, type, begin, end } = roomFor(edges.count);
  for (let at = 0; at < edges.count; at += slice) {
    const until = Math.min(edges.count, at + slice);
    for (let index = at; index < until; index++) {
      const edge = order[index] ?? 0;
      to[index] = other[edge] ?? 0;
      type[index] = edges.type[edge] ?? 0;
      begin[index] = edges.begin[edge] ?? 0;
      end[index] = edges.end[edge] ?? 0;
    }
    yield;
  }
  return { places: shifted(places), other: to, type, begin, end };
}

/** From where each ends back to where each begins. */
const shifted = (ends: Uint32Array): Uint32Array => {
  ends.copyWithin(1, 0);
  ends[0] = 0;
  return ends;
};
