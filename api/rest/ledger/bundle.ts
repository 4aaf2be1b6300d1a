import { canonicalEvent, entryOf } from "#domain/audit/leaf.ts";
import { formatBundle, type TilePath } from "#domain/audit/tile-path.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { leavesOfTile } from "#projections/audit/ledger-queries.ts";
import type { Sql } from "#projections/ports/sql.ts";

interface Needs {
  readonly sql: Sql;
  readonly log: EventLog;
}

/**
 * A bundle of entries, read from the log itself: whoever holds it against the tiles sees whether the log is still what was hashed. Null
 * where the tree is not that large, or the log has lost one of them.
 */
export const bundleOf = async ({ sql, log }: Needs, { index, width }: TilePath): Promise<Buffer | null> => {
  const leaves = (await leavesOfTile(sql, index)).slice(0, width);
  const [first, last] = [leaves[0], leaves.at(-1)];
  if (!first || !last || leaves.length < width) return null;
  const events = new Map((await eventsBetween(log, first.position, last.position)).map((event) => [event.position, event]));
  const entries = leaves.flatMap(({ position }) => {
    const event = events.get(position);
    return event ? [entryOf(canonicalEvent(event), position)] : [];
  });
  return entries.length === width ? formatBundle(entries) : null;
};

/** All events of the log from one position to another, both inclusive. */
const eventsBetween = async (log: EventLog, first: number, last: number): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (let after = first - 1; after < last; ) {
    const page = await log.readAll({ after, limit: last - after });
    events.push(...page.events.filter(({ position }) => position <= last));
    if (page.caughtUp || page.position <= after) break;
    after = page.position;
  }
  return events;
};
