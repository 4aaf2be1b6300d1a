import { type Order, type Sorted, sorted } from "./counting-sort.ts";
import type { Edges } from "./edges.ts";
import type { Steps } from "./gently.ts";
import { linkWord } from "./link.ts";
import { type Numbering, numberingOf, renumbered } from "./numbering.ts";

/** The edges of all nodes in one direction, as compressed sparse rows. */
export interface Side {
  /** The edges of node n stand from `places[n]` on, up to `places[n + 1]`, by the number at the other end. */
  readonly places: Uint32Array;
  /** See link.ts. Changed in place when an edge leaves its row. */
  readonly links: Uint32Array;
  readonly begin: Positions;
}

/** In half of the room where that has enough: it is read of every link that a walk of the past looks at. */
type Positions = Uint32Array | Float64Array;

export interface PastSide extends Side {
  /** A bit for each node that has any. */
  readonly any: Int32Array;
  readonly end: Positions;
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
  /** What nodes are called in here, and in the overlay. */
  readonly numbering: Numbering;
  /** What held then. An edge that ends later leaves its rows for the overlay. */
  readonly present: Sides<Side>;
  /** What had ended by then. */
  readonly past: Sides<PastSide>;
}

export function* rowsOf(edges: Edges, nodes: number, position: number): Steps<Rows> {
  const { holding, ended } = parted(edges);
  yield;
  const numbering = yield* numberingOf(edges.from, yield* sorted(holding, edges.to, nodes));
  const from = renumbered(edges.from, numbering.inner);
  yield;
  const inside = { ...edges, from, to: renumbered(edges.to, numbering.inner), room: roomUpTo(position) };
  yield;
  const present = yield* sidesOf({ edges: inside, nodes, part: holding }, sideOf);
  const past = yield* sidesOf({ edges: inside, nodes, part: ended }, pastSideOf);
  return { nodes, count: edges.count, position, numbering, present, past };
}

const parted = ({ count, end }: Edges): { readonly holding: Order; readonly ended: Order } => {
  const order = new Uint32Array(count);
  let [low, high] = [0, count];
  for (let edge = 0; edge < count; edge++) order[end[edge] === Number.POSITIVE_INFINITY ? low++ : --high] = edge;
  return { holding: order.subarray(0, low), ended: order.subarray(high) };
};

/** Edges between nodes as they are called in the rows. */
interface Inside extends Edges {
  readonly room: (count: number) => Positions;
}

const roomUpTo = (position: number) => (count: number): Positions => (position < 2 ** 32 ? new Uint32Array(count) : new Float64Array(count));

type MakeSide<Of> = (edges: Inside, sorted: Sorted, other: Int32Array) => Steps<Of>;

/** Three passes of counting sort, each stable: by target, by source, by target again; so that each list is in order. */
function* sidesOf<Of extends Side>({ edges, nodes, part }: { readonly edges: Inside; readonly nodes: number; readonly part: Order }, make: MakeSide<Of>): Steps<Sides<Of>> {
  const { from, to } = edges;
  const byTarget = yield* sorted(part, to, nodes);
  const outward = yield* sorted(byTarget.order, from, nodes);
  const inward = yield* sorted(outward.order, to, nodes);
  return { out: yield* make(edges, outward, to), in: yield* make(edges, inward, from) };
}

/** Edges that are handled before others get their turn. */
const slice = 1 << 17;

function* sideOf({ type, begin, room }: Inside, { order, places }: Sorted, other: Int32Array): Steps<Side> {
  const links = new Uint32Array(order.length);
  for (let index = 0; index < order.length; index++) {
    if (index % slice === slice - 1) yield;
    const edge = order[index] ?? 0;
    links[index] = linkWord(other[edge] ?? 0, type[edge] ?? 0);
  }
  return { places, links, begin: yield* taken(begin, order, room) };
}

function* pastSideOf(edges: Inside, sorted: Sorted, other: Int32Array): Steps<PastSide> {
  return { ...(yield* sideOf(edges, sorted, other)), any: anyIn(sorted.places), end: yield* taken(edges.end, sorted.order, edges.room) };
}

const anyIn = (places: Uint32Array): Int32Array => {
  const bits = new Int32Array((places.length >>> 5) + 1);
  for (let node = 0; node < places.length - 1; node++)
    if (places[node + 1] !== places[node]) bits[node >>> 5] = (bits[node >>> 5] ?? 0) | (1 << (node & 31));
  return bits;
};

function* taken(column: Float64Array, order: Order, room: Inside["room"]): Steps<Positions> {
  const values = room(order.length);
  for (let index = 0; index < order.length; index++) {
    if (index % slice === slice - 1) yield;
    values[index] = column[order[index] ?? 0] ?? 0;
  }
  return values;
}
