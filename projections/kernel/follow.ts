import { Unavailable } from "#domain/kernel/errors.ts";
import type { EventLog, Page } from "#commands/ports/event-log.ts";
import type { Database } from "#projections/ports/sql.ts";
import { type Apply, applyBatch, Poison } from "./apply.ts";
import { described, type Failure, heldPosition, type Holder, markStopped, moveCheckpoint } from "./checkpoint.ts";
import { backoff, within } from "./pause.ts";
import type { Projection } from "./projection.ts";
import { type ReadAhead, readAhead } from "./read-ahead.ts";

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

/** How often pages without a matching event move the stored checkpoint, at most. */
const emptyMovesMs = 200;

/**
 * Applies the log to the tables, page by page, until the signal aborts or it is `enough`. Waits while a server is away. Stops at
 * a poison event, with everything before it applied, and answers with it. Throws `Fenced` when another took over.
 */
export const follow = async (job: Following, signal: AbortSignal): Promise<Failure | null> => {
  const again = backoff(signal);
  while (!signal.aborted)
    try {
      await onePass(job, signal, again.reset);
      return null;
    } catch (error) {
      if (error instanceof Poison) return stopAt(job, error);
      if (!(error instanceof Unavailable)) throw error;
      await again.wait();
    }
  return null;
};

const onePass = async (job: Following, signal: AbortSignal, progressed: () => void): Promise<void> => {
  const { log, holder, limit, projection } = job;
  const position = await heldPosition(job.database, "projections", holder);
  job.moved(position);
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const pages = readAhead(log.subscribe({ after: position, types: projection.types, limit, signal: ended }));
  const moved = (to: number) => {
    progressed();
    job.moved(to);
  };
  try {
    await applyPages({ ...job, moved }, pages, { stored: position, seen: position, storedAt: 0 });
  } finally {
    over.abort();
    await pages.close().catch(() => undefined);
  }
};

/** `seen` runs ahead of `stored` over pages that hold nothing for this projection. */
interface Place {
  stored: number;
  seen: number;
  storedAt: number;
}

const applyPages = async (job: Following, pages: ReadAhead<Page>, place: Place): Promise<void> => {
  const apply = applying(job, pages, place);
  for (;;) {
    const wait = place.seen > place.stored ? Math.max(0, place.storedAt + emptyMovesMs - Date.now()) : undefined;
    const page = await (wait === undefined ? pages.next() : within(wait, pages.next().then((page) => page ?? "end")));
    if (page === undefined && wait !== undefined) {
      await store(job, place);
      continue;
    }
    if (page === undefined || page === "end") return store(job, place);
    if (page.events.length > 0) await apply(page.events, page.position);
    place.seen = page.position;
    pages.taken();
    job.moved(page.position);
    if (job.enough?.(page) === true) return store(job, place);
  }
};

/** A batch and the checkpoint behind it, in one transaction. */
const applying = ({ projection, holder, database }: Following, pages: ReadAhead<Page>, place: Place): Apply =>
  applyBatch({
    commit: async (events, to) => {
      await database.transaction(async (sql) => {
        const reading = {
          ...sql,
          // The next page is read while the server is busy with this one's statements, and not before.
          query: <Row extends object>(statement: Parameters<typeof sql.query>[0]) => started(sql.query<Row>(statement), pages),
          copy: (into: string, rows: string) => started(sql.copy(into, rows), pages),
        };
        await projection.apply(events.map((event) => projection.decode(event)), reading);
        await moveCheckpoint(sql, "projections", holder, [place.stored, to]);
      }, holder.name);
      place.stored = to;
      place.storedAt = Date.now();
    },
    stillHeld: () => heldPosition(database, "projections", holder),
  });

const started = <Answer>(answer: Promise<Answer>, pages: ReadAhead<Page>): Promise<Answer> => {
  setImmediate(pages.start);
  return answer;
};

const store = async ({ database, holder }: Following, place: Place): Promise<void> => {
  if (place.seen === place.stored) return;
  await moveCheckpoint(database, "projections", holder, [place.stored, place.seen]);
  place.stored = place.seen;
  place.storedAt = Date.now();
};

const stopAt = async ({ database, holder }: Following, { event, cause }: Poison): Promise<Failure> => {
  const failure = { error: described(cause), position: event.position, event: event.id };
  await markStopped(database, "projections", holder, failure);
  return failure;
};
