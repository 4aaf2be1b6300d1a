import type { EventLog, Page } from "#commands/ports/event-log.ts";
import { type Filter, issuesOf, matcherOf, typesOf } from "#domain/deliveries/filter.ts";
import { parseFilter } from "#domain/deliveries/filter-text.ts";
import { wireTypes } from "#domain/deliveries/wire-types.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";

/** The cursor of every channel: a position, and what is wanted behind it. */
export interface Wanted {
  readonly after: number;
  readonly filter: Filter;
  readonly signal: AbortSignal;
}

/** Catch-up, then live: what is wanted of each page of the log; a page without any of it still moves `position`. */
export async function* feed(log: EventLog, { after, filter, signal }: Wanted): AsyncGenerator<Page, void> {
  const isWanted = matcherOf(filter);
  for await (const page of log.subscribe({ after, types: typesOf(filter, wireTypes), signal, limit: 200 }))
    yield { ...page, events: page.events.filter(isWanted) };
}

/** A filter's text, checked against the types that there are. Throws `InvalidInput`. */
export const filterOf = (text: string | null | undefined): Filter => {
  const filter = parseFilter(text ?? "");
  const issues = issuesOf(filter, wireTypes);
  if (issues.length > 0) throw new InvalidInput(issues.map(({ path, message }) => ({ path: ["filter", ...path], message })));
  return filter;
};
