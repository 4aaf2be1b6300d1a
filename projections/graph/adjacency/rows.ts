import { type Edges, roomFor } from "./edges.ts";

/** The edges of all nodes in one direction, as compressed sparse rows. */
export interface Side {
  /**
   * Of node n: the edges that held when the rows were made stand from `places[2n]` on, by where they began; those that had ended
   * from `places[2n + 1]` on, up to `places[2n + 2]`, by where they ended; of one position by the number at the other end. So what
   * held at a position is the beginning of the one, and in the end of the other.
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

/** Passes of counting sort, each stable: the last one decides, those before it where that sees no difference. */
export function* rowsOf(edges: Edges, nodes: number, position: number): Steps<Rows> {
  const moments = yield* momentsOf(edges, position);
  const byTarget = yield* sorted(null, { of: edges.to, below: nodes });
  const outward = yield* sorted(yield* sortedByAll(byTarget.order, moments), yield* listsOf(edges, edges.from, nodes));
  const inward = yield* sorted(yield* sortedByAll(outward.order, moments), yield* listsOf(edges, edges.to, nodes));
  const out = yield* sideOf(edges, outward, edges.to);
  return { nodes, count: edges.count, position, endings: 0, out, in: yield* sideOf(edges, inward, edges.from) };
}

/** What edges are sorted by: a number of each. */
interface Keys {
  readonly of: Int32Array;
  readonly below: number;
}

const holds = Number.POSITIVE_INFINITY;

/** Where an edge stands: behind what holds of a node comes what had ended. */
function* listsOf({ count, end }: Edges, nodeOf: Int32Array, nodes: number): Steps<Keys> {
  const of = new Int32Array(count);
  for (let at = 0; at < count; at += slice) {
    for (let edge = at; edge < Math.min(count, at + slice); edge++) of[edge] = 2 * (nodeOf[edge] ?? 0) + (end[edge] === holds ? 0 : 1);
    yield;
  }
  return { of, below: 2 * nodes };
}

/** Values of a digit of a position. */
const digit = 1 << 16;

/** Where each edge ended, or began if it holds, digit by digit, the lowest first. */
function* momentsOf({ count, begin, end }: Edges, position: number): Steps<readonly Keys[]> {
  const digits: Keys[] = [];
  for (let unit = 1; unit <= position; unit *= digit) {
    const of = new Int32Array(count);
    for (let at = 0; at < count; at += slice) {
      for (let edge = at; edge < Math.min(count, at + slice); edge++) {
        const moment = (end[edge] === holds ? begin[edge] : end[edge]) ?? 0;
        of[edge] = ((moment / unit) >>> 0) % digit;
      }
      yield;
    }
    digits.push({ of, below: digit });
  }
  return digits;
}

function* sortedByAll(before: Uint32Array, all: readonly Keys[]): Steps<Uint32Array> {
  let order = before;
  for (const keys of all) ({ order } = yield* sorted(order, keys));
  return order;
}

interface Sorted {
  readonly order: Uint32Array;
  /** Of each key: where it ends. */
  readonly places: Uint32Array;
}

/** `before`: the order so far; null: as they stand. */
function* sorted(before: Uint32Array | null, { of, below }: Keys): Steps<Sorted> {
  const places = new Uint32Array(below + 2);
  for (let at = 0; at < of.length; at += slice) {
    counted(of.subarray(at, at + slice), places);
    yield;
  }
  for (let place = 1; place < places.length; place++) places[place] = (places[place] ?? 0) + (places[place - 1] ?? 0);
  const order = new Uint32Array(of.length);
  for (let at = 0; at < of.length; at += slice) {
    put({ before, of }, { places, order }, [at, Math.min(of.length, at + slice)]);
    yield;
  }
  // Each place was moved to its end, which is the beginning of the next.
  return { order, places };
}

/** Counted one place further on: the sum is then where each begins, and after the putting where it ends. */
const counted = (of: Int32Array, places: Uint32Array): void => {
  for (let index = 0; index < of.length; index++) {
    const place = (of[index] ?? 0) + 1;
    places[place] = (places[place] ?? 0) + 1;
  }
};

const put = ({ before, of }: { readonly before: Uint32Array | null; readonly of: Int32Array }, { places, order }: Sorted, [at, until]: readonly [number, number]): void => {
  for (let index = at; index < until; index++) {
    const edge = before === null ? index : (before[index] ?? 0);
    const key = of[edge] ?? 0;
    const to = places[key] ?? 0;
    order[to] = edge;
    places[key] = to + 1;
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
