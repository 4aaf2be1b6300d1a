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
  const walksFor = async ({ asOf, atLeast }: Way): Promise<PagedWalks> => {
    const needed = Math.max(atLeast, asOf ?? known());
    const found = await reaching(live, needed);
    return found ? walksInMemory(found, rooms) : paged(sql);
  };
  return {
    closure: async (way) => (await walksFor(way)).closure(way),
    page: async (way, stretch) => (await walksFor(way)).page(way, stretch),
    path: async (way) => (await walksFor(way)).path(way),
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
