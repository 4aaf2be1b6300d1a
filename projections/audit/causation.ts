import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { eventsAt } from "./queries.ts";

/** An event in the tree of what came of another. */
export interface Effect {
  readonly event: StoredEvent;
  /** Steps from the event that was asked for; 0 is itself. */
  readonly depth: number;
}

interface Step {
  readonly position: number;
  readonly depth: number;
}

/** A chain or a tree is not followed further than this: a log by strange hands could have one without an end. */
const deepest = 200;

/** What led to an event, the first cause first and the event itself last. */
export const causesOf = async (sql: Sql, position: number): Promise<readonly StoredEvent[]> => {
  const steps = await sql.query<Step>({
    name: "explorer.causes",
    text: `with recursive causes as (
        select position, causation_id, 0 as depth from explorer.events where position = $1
        union all
        select cause.position, cause.causation_id, depth + 1 from causes
          cross join lateral (select position, causation_id from explorer.events where id = causes.causation_id and position < causes.position order by position limit 1) cause
         where depth < ${deepest})
      select position, depth from causes`,
    values: [position],
  });
  return eventsAt(sql, steps.map((step) => step.position));
};

/** What came of an event, itself first, each behind its cause and in the order of the log. */
export const effectsOf = async (sql: Sql, position: number, limit: number): Promise<{ readonly effects: readonly Effect[]; readonly truncated: boolean }> => {
  const steps = await sql.query<Step>({
    name: "explorer.effects",
    // Breadth first, so that a limit cuts off what is furthest away.
    text: `with recursive effects as (
        select position, id, 0 as depth from explorer.events where position = $1
        union all
        select effect.position, effect.id, depth + 1 from effects
          cross join lateral (select position, id from explorer.events where causation_id = effects.id and position > effects.position order by position) effect
         where depth < ${deepest})
      select position, depth from effects limit $2`,
    values: [position, limit + 1],
  });
  const kept = steps.slice(0, limit);
  const depths = new Map(kept.map((step) => [step.position, step.depth]));
  const events = await eventsAt(sql, [...depths.keys()]);
  return { effects: inTree(events, position).map((event) => ({ event, depth: depths.get(event.position) ?? 0 })), truncated: steps.length > limit };
};

const inTree = (events: readonly StoredEvent[], root: number): readonly StoredEvent[] => {
  const children = new Map<string, StoredEvent[]>();
  for (const event of events)
    if (event.causationId && event.position !== root) children.set(event.causationId, [...(children.get(event.causationId) ?? []), event]);
  const ordered: StoredEvent[] = [];
  const open = events.filter(({ position }) => position === root);
  for (let event = open.pop(); event; event = open.pop()) {
    ordered.push(event);
    open.push(...(children.get(event.id) ?? []).toReversed());
  }
  return ordered;
};
