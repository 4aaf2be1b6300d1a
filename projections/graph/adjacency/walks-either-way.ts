import { within } from "#projections/kernel/pause.ts";
import { paged } from "#projections/graph/reached-page.ts";
import type { PagedWalks, Walks, Way } from "#projections/graph/walks.ts";
import type { InMemory, Live } from "./live.ts";
import { reaches } from "./reaches.ts";
import { walksInMemory } from "./walks-in-memory.ts";

/** How long a walk waits for the graph in memory to come up with the tables. */
const patienceMs = 50;

interface Ways {
  readonly live: Live;
  /** The same from the tables. */
  readonly sql: Walks;
  /** How far the read model is known to be. */
  readonly known: () => number;
}

/** Walks in memory where the graph is there and as far as a reader of the tables would see; in the tables otherwise. */
export const walksEitherWay = ({ live, sql, known }: Ways): PagedWalks => {
  const rooms = reaches();
  const along = <Result>({ asOf, atLeast }: Way, walk: (walks: PagedWalks) => Promise<Result>): Promise<Result> => {
    const needed = Math.max(atLeast, asOf ?? known());
    const now = live.now();
    // At once, where there is nothing to wait for: a promise is a notable part of a short walk.
    if (now && now.position >= needed) return walk(walksInMemory(now, rooms));
    return reaching(live, needed).then((found) => walk(found ? walksInMemory(found, rooms) : paged(sql)));
  };
  return {
    closure: (way) => along(way, (walks) => walks.closure(way)),
    page: (way, stretch) => along(way, (walks) => walks.page(way, stretch)),
    path: (way) => along(way, (walks) => walks.path(way)),
  };
};

const reaching = async (live: Live, position: number): Promise<InMemory | null> => {
  // A look that is under way may have begun too early.
  for (let looks = 0; looks < 2; looks++) {
    const now = live.now();
    if (!now || now.position >= position) return now;
    await within(patienceMs, live.look());
  }
  const now = live.now();
  return now && now.position >= position ? now : null;
};
