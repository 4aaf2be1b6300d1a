import { type Edges, roomFor } from "./edges.ts";
import { add, type Edge, emptyOverlay, endIn, type Overlay } from "./overlay.ts";
import { type Rows, rowsOf, type Side, type Steps } from "./rows.ts";

/** The links of a graph with their history: rows that were made once, and over them what came since. */
export interface Adjacency {
  readonly rows: Rows;
  readonly overlay: Overlay;
  /** Everything up to here is in it. */
  position: number;
  /** Numbers of nodes are below. */
  nodes: number;
}

export function* adjacencyOf(edges: Edges, nodes: number, position: number): Steps<Adjacency> {
  return { rows: yield* rowsOf(edges, nodes, position), overlay: emptyOverlay(), position, nodes };
}

/** Changes that are taken in before others get their turn. */
const slice = 8192;

/**
 * Takes in what has changed up to a later position: links that have begun, and links that have ended. Walks as of the position before,
 * or an earlier one, see nothing of it meanwhile. Throws where a link has ended that is not there: then this is not the graph that
 * it was made of.
 */
export function* bring(graph: Adjacency, changes: Edges, to: { readonly position: number; readonly nodes: number }): Steps<void> {
  const { count, from, to: target, type, begin, end } = changes;
  for (let index = 0; index < count; index++) {
    if (index % slice === slice - 1) yield;
    const edge = { from: from[index] ?? 0, to: target[index] ?? 0, type: type[index] ?? 0, begin: begin[index] ?? 0, end: end[index] ?? 0 };
    if (edge.begin > graph.position) add(graph.overlay, edge);
    else if (!endInRows(graph.rows, edge) && !endIn(graph.overlay, edge)) throw new Error(`no link ${JSON.stringify(edge)} to end`);
  }
  graph.position = to.position;
  graph.nodes = Math.max(graph.nodes, to.nodes);
}

const endInRows = (rows: Rows, edge: Edge): boolean => {
  const { nodes, out, in: inward } = rows;
  if (edge.from >= nodes || edge.to >= nodes) return false;
  const [forth, back] = [placeOf(out, edge.from, { ...edge, other: edge.to }), placeOf(inward, edge.to, { ...edge, other: edge.from })];
  if (forth < 0 || back < 0) return false;
  rows.endings += 1;
  out.end[forth] = edge.end;
  inward.end[back] = edge.end;
  return true;
};

/** Where the edge stands that holds still; -1: nowhere. */
const placeOf = ({ places, other, type, begin, end }: Side, node: number, edge: Edge & { readonly other: number }): number => {
  const stop = places[2 * node + 1] ?? 0;
  let [low, high] = [places[2 * node] ?? 0, stop];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((other[middle] ?? 0) < edge.other) low = middle + 1;
    else high = middle;
  }
  for (let place = low; place < stop && other[place] === edge.other; place++)
    if (type[place] === edge.type && begin[place] === edge.begin && end[place] === Number.POSITIVE_INFINITY) return place;
  return -1;
};

/** Whether it is time to make new rows of it all: walks over chains are slower. */
export const isLaden = ({ rows, overlay }: Adjacency): boolean => overlay.count > Math.max(4096, rows.count >>> 3);

/** The same graph with an empty overlay. The old one must not change meanwhile; walks over it may go on. */
export function* merged({ rows, overlay, position, nodes }: Adjacency): Steps<Adjacency> {
  const edges = roomFor(rows.count + overlay.count);
  const { out } = rows;
  edges.to.set(out.other);
  edges.type.set(out.type);
  edges.begin.set(out.begin);
  edges.end.set(out.end);
  for (let node = 0; node < rows.nodes; node++) edges.from.fill(node, out.places[2 * node], out.places[2 * node + 2]);
  yield;
  for (const column of ["from", "to", "type", "begin", "end"] as const)
    edges[column].set(overlay.edges[column].subarray(0, overlay.count), rows.count);
  yield;
  return yield* adjacencyOf(edges, nodes, position);
}
