import { type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import { pageOf } from "#projections/graph/reached-page.ts";
import type { Stretch } from "#projections/kernel/keyset.ts";
import type { PagedWalks, ReachedPage, Way, Whole } from "#projections/graph/walks.ts";
import type { InMemory } from "./live.ts";
import { closure, type Reader } from "./closure.ts";
import type { Wanted } from "./expand.ts";
import { path } from "./path.ts";
import type { Reaches } from "./reaches.ts";

/** Walks over one state of the graph; it must have what a way asks for. */
export const walksInMemory = (now: InMemory, rooms: Reaches): PagedWalks => {
  const walked = <Result>({ start, ...way }: Way & { readonly start: number }, reader: Reader<Result>): Promise<Result> =>
    closure(now.graph, rooms, { start, ...askedOf(now, way) }, reader);
  const positionOf = ({ asOf }: Way): number => asOf ?? now.position;
  return {
    closure: (way) => walked(way, { read: ({ numbers, counts, truncated }) => ({ numbers: numbers(), levels: counts, truncated, position: positionOf(way) }) }),
    page: async (way, stretch) => {
      const page = Promise.withResolvers<Pick<ReachedPage, "rows" | "more">>();
      const whole = walked(way, pageFirst(stretch, page.resolve));
      whole.catch(page.reject);
      return { ...(await page.promise), position: positionOf(way), whole };
    },
    path: async ({ start, end, ...way }) => ({ ...(await path(now.graph, rooms, { start, end, ...askedOf(now, way) })), position: positionOf(way) }),
  };
};

/** Tells the page as soon as nothing can change it: whoever is shown it may be looked up while the walk goes on. */
const pageFirst = (stretch: Stretch, tell: (page: Pick<ReachedPage, "rows" | "more">) => void): Reader<Whole> => {
  let isSure = false;
  return {
    soon: (soFar) => {
      const page = pageOf(soFar, stretch);
      isSure = page.more && !stretch.backward;
      if (isSure) tell(page);
      return isSure;
    },
    read: (all) => {
      const { counts, truncated } = all;
      if (!isSure) tell(pageOf(all, stretch));
      return { count: counts.reduce((sum, count) => sum + count, 0), levels: counts, truncated };
    },
  };
};

const askedOf = ({ position }: InMemory, { direction, types, asOf, depth, limit }: Way) => {
  // Fixed now: a long walk sees nothing of what comes meanwhile. As it stands here, and not put together of others: the engine forgets the
  // shape of such an object when nobody has one, and then the code of the walks with it.
  const wanted: Wanted = { direction, types: bits(types), at: asOf ?? position };
  return { wanted, depth: depth ?? Number.POSITIVE_INFINITY, limit };
};

const bits = (types: readonly LinkType[]): number => types.reduce((all, type) => all | (1 << linkTypes.indexOf(type)), 0);
