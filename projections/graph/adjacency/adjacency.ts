import { type Edges, roomFor } from "./edges.ts";
import type { Steps } from "./gently.ts";
import { linkWord, nodeIn, noType, typeIn } from "./link.ts";
import { innerOf, renumbered } from "./numbering.ts";
import { add, type Edge, emptyOverlay, endIn, type Overlay } from "./overlay.ts";
import { type Rows, rowsOf, type Side } from "./rows.ts";

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

/** What is handled before others get their turn: changes, nodes. */
const slice = 8192;

/**
 * Takes in what has changed up to a later position: links that have begun, and links that have ended. Walks as of the position before,
 * or an earlier one, see nothing of it meanwhile. Throws where a link has ended that is not there: then this is not the graph that
 * it was made of.
 */
export function* bring(graph: Adjacency, changes: Edges, to: { readonly position: number; readonly nodes: number }): Steps<void> {
  const { count, from, to: target, type, begin, end } = changes;
  const { numbering } = graph.rows;
  for (let index = 0; index < count; index++) {
    if (index % slice === slice - 1) yield;
    const edge = { from: innerOf(numbering, from[index] ?? 0), to: innerOf(numbering, target[index] ?? 0), type: type[index] ?? 0, begin: begin[index] ?? 0, end: end[index] ?? 0 };
    if (edge.begin > graph.position) add(graph.overlay, edge);
    else if (leave(graph.rows, edge)) add(graph.overlay, edge);
    else if (!endIn(graph.overlay, edge)) throw new Error(`no link ${JSON.stringify(edge)} to end`);
  }
  graph.position = to.position;
  graph.nodes = Math.max(graph.nodes, to.nodes);
}

/** The edge leaves its rows; false where they do not have it. */
const leave = ({ nodes, present }: Rows, { from, to, type, begin }: Edge): boolean => {
  if (from >= nodes || to >= nodes) return false;
  const [forth, back] = [placeOf(present.out, from, { other: to, type, begin }), placeOf(present.in, to, { other: from, type, begin })];
  if (forth < 0 || back < 0) return false;
  present.out.links[forth] = linkWord(to, noType);
  present.in.links[back] = linkWord(from, noType);
  return true;
};

/** Where the edge stands; -1: nowhere. */
const placeOf = ({ places, links, begin }: Side, node: number, edge: { readonly other: number; readonly type: number; readonly begin: number }): number => {
  const stop = places[node + 1] ?? 0;
  let [low, high] = [places[node] ?? 0, stop];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (nodeIn(links[middle] ?? 0) < edge.other) low = middle + 1;
    else high = middle;
  }
  const word = linkWord(edge.other, edge.type);
  for (let place = low; place < stop && nodeIn(links[place] ?? 0) === edge.other; place++)
    if (links[place] === word && begin[place] === edge.begin) return place;
  return -1;
};

/** Whether it is time to make new rows of it all: walks over chains are slower. */
export const isLaden = ({ rows, overlay }: Adjacency): boolean => overlay.count > Math.max(4096, rows.count >>> 3);

/** The same graph with an empty overlay. The old one must not change meanwhile; walks over it may go on. */
export function* merged({ rows, overlay, position, nodes }: Adjacency): Steps<Adjacency> {
  const edges = roomFor(rows.count + overlay.count);
  const held = yield* putOut(edges, 0, rows.present.out);
  const past = yield* putOut(edges, held, rows.past.out);
  edges.end.fill(Number.POSITIVE_INFINITY, 0, held);
  edges.end.set(rows.past.out.end, held);
  for (const column of ["from", "to", "type", "begin", "end"] as const) edges[column].set(overlay.edges[column].subarray(0, overlay.count), past);
  yield;
  const { outer } = rows.numbering;
  const from = renumbered(edges.from, outer);
  yield;
  const outside = { ...edges, from, to: renumbered(edges.to, outer), count: past + overlay.count };
  yield;
  return yield* adjacencyOf(outside, nodes, position);
}

/** All edges of these rows but those that have left them, without their ends. Answers where the next are put. */
function* putOut(edges: Edges, first: number, { places, links, begin }: Side): Steps<number> {
  let edge = first;
  for (let node = 0; node < places.length - 1; node++) {
    if (node % slice === slice - 1) yield;
    const stop = places[node + 1] ?? 0;
    for (let place = places[node] ?? 0; place < stop; place++) {
      const word = links[place] ?? 0;
      if (typeIn(word) === noType) continue;
      edges.from[edge] = node;
      edges.to[edge] = nodeIn(word);
      edges.type[edge] = typeIn(word);
      edges.begin[edge] = begin[place] ?? 0;
      edge++;
    }
  }
  return edge;
}
