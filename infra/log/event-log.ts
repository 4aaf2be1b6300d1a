import { ConcurrencyConflict } from "#domain/kernel/errors.ts";
import type { EventLog, Receipt } from "#commands/ports/event-log.ts";
import { groups, type RunGroup } from "./groups.ts";
import { prepared, type PreparedAppend } from "./prepared.ts";
import { type Source, subscription } from "./subscription.ts";

/** What is different in each engine. */
export interface Engine extends Source, Pick<EventLog, "receipt" | "read" | "head"> {
  /** One transaction; a conflict refuses that append alone. Throws `Unavailable` when nothing of the group was stored, or nobody knows. */
  readonly appendGroup: RunGroup<PreparedAppend, Receipt>;
  /** Events in one group, where fewer than 2,000 are quicker. */
  readonly most?: number;
  readonly close: () => Promise<void>;
}

/** An event log over an engine: the checks, the group commit and the subscription are the same in all of them. */
export const eventLog = (engine: Engine): EventLog => {
  const appendGroup: Engine["appendGroup"] = async (group) => {
    const answers = await engine.appendGroup(group);
    engine.bell.ring();
    return answers;
  };
  const append = groups(appendGroup, { weigh, most: engine.most ?? 2000 });
  return {
    append: async (stream, events, options) => append(prepared(stream, events, options)),
    receipt: engine.receipt,
    read: engine.read,
    readAll: engine.readAll,
    head: engine.head,
    subscribe: (options) => subscription(engine, options),
    [Symbol.asyncDispose]: async () => {
      await append[Symbol.asyncDispose]();
      await engine.close();
    },
  };
};

// A group has at most 2,000 events or about 4 MB.
const weigh = ({ events, bytes }: PreparedAppend) => Math.max(events.length, bytes / 2000);

export const conflict = ({ stream, expected }: Pick<PreparedAppend, "stream" | "expected">, actual: number) => new ConcurrencyConflict(stream, expected, actual);

/** A page ends early behind this much JSON, so that a thousand large events do not meet in memory. */
export const pageCharacters = 2_000_000;

/** The end of the page that looks at `limit` events behind `after`: positions are dense. */
export const pageEnd = (after: number, limit: number, head: number): { readonly position: number; readonly caughtUp: boolean } => {
  const position = Math.max(after, Math.min(after + limit, head));
  return { position, caughtUp: position >= head };
};
