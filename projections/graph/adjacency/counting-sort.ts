import type { Steps } from "./gently.ts";

/** Places of edges in their columns. */
export type Order = Uint32Array;

export interface Sorted {
  readonly order: Order;
  /** Those of node n stand in `order` from `places[n]` on, up to `places[n + 1]`. */
  readonly places: Uint32Array;
}

/** Edges that are handled before others get their turn. */
const slice = 1 << 17;

/** Edges by a node of theirs; those of the same node stay in their order. */
export function* sorted(part: Order, of: Int32Array, nodes: number): Steps<Sorted> {
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
