import { type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import type { Walks, Way } from "#projections/graph/walks.ts";
import type { InMemory } from "./live.ts";
import { closure } from "./closure.ts";
import type { Wanted } from "./expand.ts";
import { path } from "./path.ts";
import type { Reaches } from "./reaches.ts";

/** Walks over one state of the graph; it must have what a way asks for. */
export const walksInMemory = (now: InMemory, rooms: Reaches): Walks => ({
  closure: async ({ start, ...way }) => {
    const { bounds, wanted } = askedOf(now, way);
    return { ...(await closure(now.graph, rooms, { start, ...bounds, ...wanted })), position: way.asOf ?? now.position };
  },
  path: async ({ start, end, ...way }) => {
    const { bounds, wanted } = askedOf(now, way);
    return { ...(await path(now.graph, rooms, { start, end, ...bounds, ...wanted })), position: way.asOf ?? now.position };
  },
});

const askedOf = ({ position }: InMemory, { direction, types, asOf, depth, limit }: Way) => {
  // Fixed now: a long walk sees nothing of what comes meanwhile.
  const wanted: Wanted = { direction, types: flags(types), at: asOf ?? position };
  return { bounds: { depth: depth ?? Number.POSITIVE_INFINITY, limit }, wanted };
};

const flags = (types: readonly LinkType[]): Uint8Array => {
  const wanted = new Uint8Array(256);
  for (const type of types) wanted[linkTypes.indexOf(type)] = 1;
  return wanted;
};
