import type { StoredEvent } from "#domain/kernel/event.ts";
import type { EventLog, Page } from "#commands/ports/event-log.ts";
import { applyBatch, Poison } from "#projections/kernel/apply.ts";
import type { Projection } from "#projections/kernel/projection.ts";
import type { Database } from "#projections/ports/sql.ts";
import type { Passing } from "./passing.ts";

/** Tables of one read model that are being filled. */
export interface Filling {
  readonly projection: Projection;
  /** In place of rows: of these no more is wanted than their digest. */
  readonly passing: Passing | null;
  readonly schema: string;
  /** Up to this position, inclusive. */
  readonly until: number;
  /** Everything up to here is in them. */
  position: number;
  /** The event that could not be applied; it ends here. */
  poison: Poison | null;
}

interface Job {
  readonly log: EventLog;
  readonly database: Database;
  readonly fillings: readonly Filling[];
  readonly signal: AbortSignal;
  /** Events that were read since the last time. */
  readonly moved: (position: number, events: number) => Promise<void>;
}

const pageLimit = 1000;

/** Pages that the slowest of them may be behind what was read: the others need not wait for it. */
const mostBehind = 3;

/** Reads the log once and applies each page to all of them, to each in its own time. */
export const fill = async ({ log, database, fillings, signal, moved }: Job): Promise<void> => {
  const until = Math.max(...fillings.map((filling) => filling.until));
  const types = typesOf(fillings);
  const apply = fillings.map((filling) => inTurn(applying(database, filling)));
  const underWay: Promise<unknown>[] = [];
  try {
    for (let position = 0, caughtUp = false; !caughtUp && position < until; ) {
      signal.throwIfAborted();
      const page: Page = await log.readAll({ after: position, limit: pageLimit, types });
      ({ position, caughtUp } = page);
      const applied = Promise.all(apply.map((one) => one(page.events, page.position))).then(() => moved(Math.min(page.position, until), page.events.length));
      applied.catch(() => undefined);
      underWay.push(applied);
      if (underWay.length >= mostBehind) await underWay.shift();
    }
    await Promise.all(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
};

/** One after the other, in the order of the calls; after a fault, none. */
const inTurn = <Args extends readonly unknown[]>(work: (...args: Args) => Promise<void>) => {
  let last: Promise<void> = Promise.resolve();
  return (...args: Args): Promise<void> => (last = last.then(() => work(...args)));
};

/** Undefined where one of them takes every event. */
const typesOf = (fillings: readonly Filling[]): readonly string[] | undefined => {
  const all = fillings.map(({ projection }) => projection.types);
  return all.some((types) => types === undefined) ? undefined : [...new Set(all.flatMap((types) => types ?? []))];
};

const applying = (database: Database, filling: Filling) => {
  const { projection, schema } = filling;
  const types = projection.types && new Set(projection.types);
  const apply = applyBatch({
    commit: async (events) => {
      if (filling.passing) filling.passing.see(events);
      else await database.transaction((sql) => projection.apply(events.map((event) => projection.decode(event)), sql), schema);
    },
    stillHeld: async () => undefined,
  });
  return async (events: readonly StoredEvent[], to: number): Promise<void> => {
    if (filling.poison || filling.position >= filling.until) return;
    const wanted = events.filter(({ type, position }) => position <= filling.until && types?.has(type) !== false);
    try {
      if (wanted.length > 0) await apply(wanted, to);
      filling.position = Math.min(to, filling.until);
    } catch (error) {
      if (!(error instanceof Poison)) throw error;
      filling.poison = error;
    }
  };
};
