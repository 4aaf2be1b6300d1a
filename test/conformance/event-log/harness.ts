import { newId } from "#commands/kernel/command-id.ts";
import type { EventLog, Expected, NewEvent, Page, Receipt } from "#commands/ports/event-log.ts";
import type { Cause, StoredEvent } from "#domain/kernel/event.ts";

/** What one kind of log brings to its conformance suites. */
export interface Harness {
  readonly limits: Limits;
  /** Its stores have a server that can be taken away: `interrupt`. */
  readonly interruptible?: boolean;
  /** An empty store of its own. */
  readonly store: () => Promise<Store>;
}

/** What a kind of log does not promise, said openly. */
export interface Limits {
  /** Events survive the closing of the log. */
  readonly durable: boolean;
  /** Positions are 1, 2, 3 … */
  readonly densePositions: boolean;
  /** A page ends early where events are large. */
  readonly boundedPages: boolean;
  /** A page of chosen types looks at as many events as its limit allows; elsewhere at most that many, and at others that are not the log's. */
  readonly fullPages: boolean;
  /** Several logs may be open over one store, in one process or in several. */
  readonly shared: boolean;
  /** A writer may be committing while another begins: what it has appended is seen later than it was placed. */
  readonly overlappingCommits: boolean;
  /** An append whose event has the id of one that is there already, of another command, is refused. */
  readonly distinctIds: boolean;
  /** One append may have more than a megabyte. */
  readonly largeAppends: boolean;
}

/** An engine that promises everything; spread it, and say what yours does not. */
export const noLimits: Limits = {
  durable: true, densePositions: true, boundedPages: true, fullPages: true, shared: true, overlappingCommits: true, distinctIds: true, largeAppends: true,
};

export interface Store extends AsyncDisposable {
  /** A log over this store; again after the last one was closed, or beside it where logs are shared. */
  readonly open: () => Promise<EventLog>;
  /** How test/conformance/event-log/writer.ts opens it in a process of its own: by the `open(location)` of a module; where logs are durable. */
  readonly elsewhere?: { readonly opener: URL; readonly location: string };
  /** Another writer, which has appended one event to `stream` and takes its time to commit; where commits overlap. */
  readonly slowAppend?: (stream: string) => Promise<{ readonly commit: () => Promise<void> }>;
  /** Cuts the logs that are open off from their server, until it is there again; where it is interruptible. */
  readonly interrupt?: () => Promise<{ readonly restore: () => Promise<void> }>;
}

/** A test with an empty log of its own. */
export const withLog = (harness: Harness, work: (log: EventLog, store: Store) => Promise<void>) => async () => {
  await using store = await harness.store();
  await using log = await store.open();
  await work(log, store);
};

/** Opens a log over the store, works with it and closes it again. */
export const session = async <Answer>(store: Store, work: (log: EventLog) => Promise<Answer>): Promise<Answer> => {
  await using log = await store.open();
  return await work(log);
};

export const cause = (commandId: string = newId()): Cause => ({ actor: "token:tester", commandId, correlationId: commandId });

export const ticked = (tick: number, type = "test.Ticked.v1"): NewEvent => ({ id: newId(), type, data: { tick } });

export const ticks = (count: number, type?: string): NewEvent[] => Array.from({ length: count }, (_, tick) => ticked(tick, type));

export const append = (log: EventLog, stream: string, count = 1, expected: Expected = "any", commandId?: string): Promise<Receipt> =>
  log.append(stream, ticks(count), { expected, cause: cause(commandId) });

/** The whole log, page by page. */
export const everything = async (log: EventLog, limit = 1000): Promise<StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (let after = 0; ; ) {
    const page = await log.readAll({ after, limit });
    events.push(...page.events);
    after = page.position;
    if (page.caughtUp) return events;
  }
};

/** The pages of a subscription until `enough` says so. */
export const pagesUntil = async (pages: AsyncIterable<Page>, enough: (events: readonly StoredEvent[], page: Page) => boolean): Promise<Page[]> => {
  const seen: Page[] = [];
  const events: StoredEvent[] = [];
  for await (const page of pages) {
    seen.push(page);
    events.push(...page.events);
    if (enough(events, page)) break;
  }
  return seen;
};

export const eventsOf = (pages: readonly Page[]): StoredEvent[] => pages.flatMap(({ events }) => events);

export const outcomes = async <Answer>(work: readonly Promise<Answer>[]) => {
  const settled = await Promise.allSettled(work);
  return {
    done: settled.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : [])),
    failed: settled.flatMap((outcome): unknown[] => (outcome.status === "rejected" ? [outcome.reason] : [])),
  };
};

/** 0, 1, 2 … below `count`. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
