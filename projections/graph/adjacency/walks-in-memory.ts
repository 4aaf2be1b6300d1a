import { type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import { pageOf } from "#projections/graph/reached-page.ts";
import type { PagedWalks, Way } from "#projections/graph/walks.ts";
import type { InMemory } from "./live.ts";
import { closure, type Walked } from "./closure.ts";
import type { Wanted } from "./expand.ts";
import { path } from "./path.ts";
import type { Reaches } from "./reaches.ts";

/** Walks over one state of the graph; it must have what a way asks for. */
export const walksInMemory = (now: InMemory, rooms: Reaches): PagedWalks => {
  const walked = <Result>({ start, ...way }: Way & { readonly start: number }, read: (all: Walked) => Result): Promise<Result> => {
    const { bounds, wanted } = askedOf(now, way);
    return closure(now.graph, rooms, { start, ...bounds, ...wanted }, read);
  };
  const positionOf = ({ asOf }: Way): number => asOf ?? now.position;
  return {
    closure: (way) => walked(way, ({ numbers, counts, truncated }) => ({ numbers: numbers(), levels: counts, truncated, position: positionOf(way) })),
    page: (way, stretch) =>
      walked(way, (all) => {
        const { counts, truncated } = all;
        return { ...pageOf(all, stretch), count: counts.reduce((sum, count) => sum + count, 0), levels: counts, truncated, position: positionOf(way) };
      }),
    path: async ({ start, end, ...way }) => {
      const { bounds, wanted } = askedOf(now, way);
      return { ...(await path(now.graph, rooms, { start, end, ...bounds, ...wanted })), position: positionOf(way) };
    },
  };
};

const askedOf = ({ position }: InMemory, { direction, types, asOf, depth, limit }: Way) => {
  // Fixed now: a long walk sees nothing of what comes meanwhile.
  const wanted: Wanted = { direction, types: bits(types), at: asOf ?? position };
  return { bounds: { depth: depth ?? Number.POSITIVE_INFINITY, limit }, wanted };
};

const bits = (types: readonly LinkType[]): number => types.reduce((all, type) => all | (1 << linkTypes.indexOf(type)), 0);
