import { Unavailable } from "#domain/kernel/errors.ts";
import type { EventLog, Page } from "#commands/ports/event-log.ts";
import type { Database, WritableSql } from "#projections/ports/sql.ts";
import { applyBatch, Poison } from "./apply.ts";
import { described, type Failure, heldPosition, type Holder, markStopped, moveCheckpoint } from "./checkpoint.ts";
import { endFill, fillsUntil } from "./indexes.ts";
import { backoff } from "./pause.ts";
import type { Projection } from "./projection.ts";
import { type Walk, walk } from "./walk.ts";

/** One projection on its way through the log, into the schema of the holder's name. */
export interface Following {
  readonly projection: Projection;
  readonly holder: Holder;
  readonly log: EventLog;
  readonly database: Database;
  /** Events of a page, at most. */
  readonly limit: number;
  /** Everything up to here is in the tables, or has nothing for them. */
  readonly moved: (position: number) => void;
  /** Ends the following when it answers true: asked after each page. */
  readonly enough?: (page: Page) => boolean;
}

/**
 * Applies the log to the tables, page by page, until the signal aborts or it is `enough`. Waits while a server is away. Stops at
 * a poison event, with everything before it applied, and answers with it. Throws `Fenced` when another took over.
 */
export const follow = async (job: Following, signal: AbortSignal): Promise<Failure | null> => {
  const again = backoff(signal);
  const moved = (position: number) => {
    again.reset();
    job.moved(position);
  };
  while (!signal.aborted)
    try {
      const position = await heldPosition(job.database, "projections", job.holder);
      job.moved(position);
      const may = await indexing(job, signal);
      await walk({ ...way({ ...job, moved }, position), may }, signal);
      return null;
    } catch (error) {
      if (error instanceof Poison) return stopAt(job, error, signal);
      if (!(error instanceof Unavailable)) throw error;
      await again.wait();
    }
  return null;
};

const way = ({ log, limit, projection, database, holder, moved, enough }: Following, after: number): Walk => {
  let stored = after;
  let readOn: () => void;
  const apply = applyBatch({
    commit: async (events, to) => {
      await database.transaction(async (sql) => {
        await projection.apply(events.map((event) => projection.decode(event)), telling(sql, readOn));
        await moveCheckpoint(sql, "projections", holder, [stored, to]);
      }, holder.name);
      stored = to;
      moved(to);
    },
    stillHeld: () => heldPosition(database, "projections", holder),
  });
  return {
    log,
    from: { after, types: projection.types, limit },
    work: (page, position, start) => {
      stored = position;
      readOn = start;
      return apply(page.events, page.position);
    },
    store: (from, to) => moveCheckpoint(database, "projections", holder, [from, to]),
    moved: (page) => {
      moved(page.position);
      return enough?.(page) ?? false;
    },
  };
};

/** Whoever reads up to where a fill was to go finds the indexes, so that they are made before the page that reaches it is applied. */
const indexing = async (job: Following, signal: AbortSignal): Promise<NonNullable<Walk["may"]>> => {
  let until = await fillsUntil(job.database, job.holder);
  return async ({ position }) => {
    if (until === null || position < until) return true;
    if (!(await endFill(job, signal))) return false;
    until = null;
    return true;
  };
};

/** The next page is read while the server is busy with this one's statements: not before, or they would wait for the reading. */
const telling = (sql: WritableSql, sent: () => void): WritableSql => {
  const tell = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    setImmediate(sent);
    return answer;
  };
  return {
    query: <Row extends object>(statement: Parameters<typeof sql.query>[0]) => tell(sql.query<Row>(statement)),
    copy: (into, rows) => tell(sql.copy(into, rows)),
  };
};

/** What is there is read as it is, perhaps for long. */
const stopAt = async (job: Following, { event, cause }: Poison, signal: AbortSignal): Promise<Failure> => {
  const failure = { error: described(cause), position: event.position, event: event.id };
  if ((await fillsUntil(job.database, job.holder)) !== null) await endFill(job, signal);
  await markStopped(job.database, "projections", job.holder, failure);
  return failure;
};
