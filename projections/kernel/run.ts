import { described, type Failure, type Holder, markStopped } from "./checkpoint.ts";
import { type Following, follow } from "./follow.ts";
import { keepSeat } from "./keep.ts";
import type { Projection } from "./projection.ts";
import { askForRebuild, dropLeftovers, fillNext, rebuildWanted, replaceLive } from "./rebuild.ts";
import { makeTables, storedGeneration } from "./tables.ts";
import type { Watched } from "./watch.ts";

export interface Running {
  /** Name of this process among the owners of projections; no other that is alive has it. */
  readonly owner: string;
  /** Events of a page, at most. */
  readonly limit?: number | undefined;
  /** Told when a projection stops, with the cause; for the process's own log. */
  readonly stopped?: ((name: string, error: string) => void) | undefined;
}

/** What the one owner of a projection has in hand. */
interface Tending {
  readonly watched: Watched;
  readonly job: Following;
  readonly stopped: (error: string) => void;
}

const pageLimit = 2000;

/**
 * Keeps every projection up with the log, each by itself and by one owner across all processes. Resolves on dispose when all
 * of them are at rest.
 */
export const runProjections = (watched: Watched, running: Running): AsyncDisposable => {
  const closing = new AbortController();
  const kept = watched.watching.projections.map((projection) => keep(watched, projection, { ...running, closing: closing.signal }));
  return {
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.all(kept);
    },
  };
};

const keep = (watched: Watched, projection: Projection, { owner, limit, stopped, closing }: Running & { closing: AbortSignal }): Promise<void> => {
  const { name, generation } = projection;
  const { database, log, leases } = watched.watching;
  const tell = (error: string) => {
    watched.moves.stopped(name);
    stopped?.(name, error);
  };
  return keepSeat({ sql: database, leases, kept: "projections", name, owner, generation }, closing, {
    ready: watched.made,
    work: (fence, signal) => {
      const holder: Holder = { name, generation, fence };
      const moved = (position: number) => watched.moves.moved(name, generation, position);
      return tend({ watched, job: { projection, holder, log, database, limit: limit ?? pageLimit, moved }, stopped: tell }, signal);
    },
    left: () => watched.moves.left(name),
    failed: async (error, fence) => {
      const failure: Failure = { error: described(error), position: null, event: null };
      tell(failure.error);
      await markStopped(database, "projections", { name, generation, fence }, failure);
    },
  });
};

const tend = async (tending: Tending, signal: AbortSignal): Promise<void> => {
  const { job, watched } = tending;
  const { name, generation } = job.projection;
  const stored = await storedGeneration(job.database, name);
  if (stored === 0) await makeTables(job, job.holder);
  else if (stored !== generation) await askForRebuild(job.database, job.projection);
  let current = stored === 0 || stored === generation;
  while (!signal.aborted) {
    const filled = await beside(tending, { current, signal }, async (both) => {
      await rebuildWanted(job.database, name, { signal: both, rung: watched.rung });
      return !both.aborted && (await fillNext(job, both));
    });
    if (filled && (await replaceLive(job, signal))) current = true;
  }
};

/** The live tables go on while the next ones are filled. Both are at rest when it resolves. */
const beside = async (
  { job, stopped }: Tending,
  { current, signal }: { readonly current: boolean; readonly signal: AbortSignal },
  fill: (both: AbortSignal) => Promise<boolean>,
): Promise<boolean> => {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const live = Promise.all([dropLeftovers(job.database, job.projection.name, both), current ? followLive(job, stopped, both) : undefined]);
  live.catch(() => over.abort());
  try {
    return await fill(both);
  } finally {
    over.abort();
    await live;
  }
};

const followLive = async (job: Following, stopped: (error: string) => void, signal: AbortSignal): Promise<void> => {
  // A restart, like a rebuild, tries an event again at which it stopped.
  await markStopped(job.database, "projections", job.holder, null);
  const failure = await follow(job, signal);
  if (failure) stopped(failure.error);
};
