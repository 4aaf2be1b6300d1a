import { z } from "zod";
import { tokenStream } from "#domain/access/events.ts";
import { endpointStream } from "#domain/deliveries/events.ts";
import { taskStream } from "#domain/tasks/events.ts";
import { repositoryStream, targetsStream } from "#domain/trust/events.ts";
import { type Event, type EventSearch, searchEvents } from "#api/cli/operations/audit.ts";
import type { Session } from "#api/cli/session.ts";

/** Events about something, the oldest first; `more`: there are older ones. */
export interface Explained {
  readonly what: string;
  readonly events: readonly Event[];
  readonly more: boolean;
}

/** A task, a token or a webhook: each has a stream of its own. */
export const ofUuid = async (session: Session, id: string, limit: number): Promise<Explained> => {
  for (const [what, stream] of [["task", taskStream(id)], ["token", tokenStream(id)], ["webhook", endpointStream(id)]] as const) {
    const found = await newest(session, { stream }, limit);
    if (found.events.length > 0) return { what: `${what} ${id}`, ...found };
  }
  return { what: `${id}: no task, no token and no webhook`, events: [], more: false };
};

export const ofRepository = async (session: Session, name: string, limit: number): Promise<Explained> => {
  const both = await Promise.all([repositoryStream(name), targetsStream(name)].map((stream) => newest(session, { stream }, limit)));
  const events = both.flatMap((one) => one.events).toSorted((a, b) => a.position - b.position);
  return { what: `repository ${name}`, events: events.slice(-limit), more: events.length > limit || both.some(({ more }) => more) };
};

/** Those of the repository's events that name the path itself, not only a part of it. */
export const ofTarget = async (session: Session, [repository, path]: readonly [string, string], limit: number): Promise<Explained> => {
  const { events, more } = await newest(session, { stream: targetsStream(repository), text: JSON.stringify(path).slice(1, -1) }, limit, ({ data }) => pathsIn(data).includes(path));
  return { what: `target ${path} of ${repository}`, events, more };
};

const newest = async ({ client, signal }: Session, wanted: EventSearch, limit: number, fits: (event: Event) => boolean = () => true) => {
  const found: Event[] = [];
  for (let before: string | undefined; ; ) {
    signal.throwIfAborted();
    const { events } = await client.request(searchEvents, { ...wanted, last: Math.min(limit, 100), before });
    found.push(...events.edges.map(({ node }) => node).toReversed().filter(fits));
    const { hasPreviousPage, startCursor } = events.pageInfo;
    if (found.length > limit || !hasPreviousPage || startCursor === null) return { events: found.slice(0, limit).toReversed(), more: found.length > limit };
    before = startCursor;
  }
};

const Data = z.object({ targets: z.array(z.object({ path: z.string() })).catch([]), paths: z.array(z.string()).catch([]) });

const pathsIn = (data: unknown): readonly string[] => {
  const { targets = [], paths = [] } = Data.safeParse(data).data ?? {};
  return [...targets.map(({ path }) => path), ...paths];
};
