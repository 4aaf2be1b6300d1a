import type { Edges } from "./edges.ts";
import { linkWord } from "./link.ts";

/** The edges of all nodes in one direction, as compressed sparse rows. */
export interface Side {
  /** The edges of node n stand from `places[n]` on, up to `places[n + 1]`, by the number at the other end. */
  readonly places: Uint32Array;
  /** See link.ts. Changed in place when an edge leaves its row. */
  readonly links: Uint32Array;
  readonly begin: Float64Array;
}

export interface PastSide extends Side {
  readonly end: Float64Array;
}

interface Sides<Of extends Side> {
  readonly out: Of;
  readonly in: Of;
}

/** Compressed sparse rows of a graph with its history. Who walks it as it is reads nothing of what was. */
export interface Rows {
  readonly nodes: number;
  readonly count: number;
  /** Everything up to this position is in the rows. */
  readonly position: number;
  /** What held then. An edge that ends later leaves its rows for the overlay. */
  readonly present: Sides<Side>;
  /** What had ended by then. */
  readonly past: Sides<PastSide>;
}

/** Work in small steps, each of which yields. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

export function* rowsOf(edges: Edges, nodes: number, position: number): Steps<Rows> {
  const { holding, ended } = parted(edges);
  yield;
  const present = yield* sidesOf({ edges, nodes, part: holding }, sideOf);
  const past = yield* sidesOf({ edges, nodes, part: ended }, pastSideOf);
  return { nodes, count: edges.count, position, present, past };
}

/** Places of edges in their columns. */
type Order = Uint32Array;

const parted = ({ count, end }: Edges): { readonly holding: Order; readonly ended: Order } => {
  const order = new Uint32Array(count);
  let [low, high] = [0, count];
  for (let edge = 0; edge < count; edge++) order[end[edge] === Number.POSITIVE_INFINITY ? low++ : --high] = edge;
  return { holding: order.subarray(0, low), ended: order.subarray(high) };
};

interface Sorted {
  readonly order: Order;
  /** Where each node's begin. */
  readonly places: Uint32Array;
}

type MakeSide<Of> = (edges: Edges, sorted: Sorted, other: Int32Array) => Steps<Of>;

/** Three passes of counting sort, each stable: by target, by source, by target again; so that each list is in order. */
function* sidesOf<Of extends Side>({ edges, nodes, part }: { readonly edges: Edges; readonly nodes: number; readonly part: Order }, make: MakeSide<Of>): Steps<Sides<Of>> {
  const { from, to } = edges;
  const byTarget = yield* sorted(part, to, nodes);
  const outward = yield* sorted(byTarget.order, from, nodes);
  const inward = yield* sorted(outward.order, to, nodes);
  return { out: yield* make(edges, outward, to), in: yield* make(edges, inward, from) };
}

/** Edges that are handled before others get their turn. */
const slice = 1 << 17;

function* sorted(part: Order, of: Int32Array, nodes: number): Steps<Sorted> {
  const places = new Uint32Array(nodes + 1);
  for (let at = 0; at < part.length; at += slice) {
    counted(part.subarray(at, at + slice), of, places);
    yield;
  }
  for (let place = 1; place < places.length; place++) places[place] = (places[place] ?? 0) + (places[place - 1] ?? 0);
  const order = new Uint32Array(part.length);
  for (let at = 0; at < part.length; at += slice) {
    put(part.subarray(at, at + slice), of, { places, order });
    yield;
  }
  // Each was moved from where it begins to where it ends, which is where the next begins.
  places.copyWithin(1, 0);
  places[0] = 0;
  return { order, places };
}

/** Counted one place further on: the sum is then where each begins. */
const counted = (part: Order, of: Int32Array, places: Uint32Array): void => {
  for (const edge of part) {
    const place = (of[edge] ?? 0) + 1;
    places[place] = (places[place] ?? 0) + 1;
  }
};

const put = (part: Order, of: Int32Array, { places, order }: Sorted): void => {
  for (const edge of part) {
    const node = of[edge] ?? 0;
    const to = places[node] ?? 0;
    order[to] = edge;
    places[node] = to + 1;
  }
};

function* sideOf({ type, begin }: Edges, { order, places }: Sorted, other: Int32Array): Steps<Side> {
  const links = new Uint32Array(order.length);
  for (let index = 0; index < order.length; index++) {
    if (index % slice === slice - 1) yield;
    const edge = order[index] ?? 0;
    links[index] = linkWord(other[edge] ?? 0, type[edge] ?? 0);
  }
  return { places, links, begin: yield* taken(begin, order) };
}

function* pastSideOf(edges: Edges, sorted: Sorted, other: Int32Array): Steps<PastSide> {
  return { ...(yield* sideOf(edges, sorted, other)), end: yield* taken(edges.end, sorted.order) };
}

function* taken(column: Float64Array, order: Order): Steps<Float64Array> {
  const values = new Float64Array(order.length);
  for (let index = 0; index < order.length; index++) {
    if (index % slice === slice - 1) yield;
    values[index] = column[order[index] ?? 0] ?? 0;
  }
  return values;
}
