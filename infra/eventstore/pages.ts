import { Unavailable } from "#domain/kernel/errors.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Page, ReadAll } from "#commands/ports/event-log.ts";
import { pageCharacters } from "#infra/log/event-log.ts";
import type { Connection, streams } from "./client.ts";
import { behind, escaped, exactly, type Filter, notTheServers } from "./requests.ts";
import { responses } from "./responses.ts";
import { logEvent, positionOf } from "./wire.ts";

export interface Place {
  readonly server: Connection;
  /** Begins the name of every stream on the server. */
  readonly prefix: string;
  readonly patience: number;
}

/** Where the server is only asked to leave out its own events, a checkpoint says nothing that is needed. */
const wideWindow = 5000;

/** All events of this log. */
export const ours = (prefix: string): Filter =>
  prefix === "" ? { on: "type", regex: notTheServers, window: wideWindow } : { on: "stream", regex: `^${escaped(prefix)}`, window: wideWindow };

/**
 * One page of `$all`: the beginning of a subscription, which says when it has caught up, unlike a plain read. `known` is a position up to
 * which the log is known to go. The server filters by streams or by types, not by both; where it does by types, `limit` counts what it
 * looks at.
 */
export const readPage = async (place: Place, options: ReadAll, known: number): Promise<Page> => {
  const { after, limit, types = [] } = options;
  const byTypes = types.length > 0 && place.prefix === "";
  const filter: Filter = byTypes ? { on: "type", regex: exactly(types), window: limit } : ours(place.prefix);
  const taking = byTypes ? takingMatches(place.prefix, options) : takingAll(place.prefix, options);
  for await (const portion of responses(place.server, behind(after, filter), { patience: place.patience }))
    for (const response of portion) {
      const page = taking(response);
      if (page) return response.hasCaughtUp() ? { ...page, position: Math.max(page.position, known) } : page;
    }
  throw new Unavailable("log", { cause: new Error("the server has ended the subscription") });
};

type Taking = (response: streams.ReadResp) => Page | undefined;

/** All events are sent: the limit counts them, and the types are picked out here. */
const takingAll = (prefix: string, { after, limit, types }: ReadAll): Taking => {
  const wanted = types && new Set(types);
  const events: StoredEvent[] = [];
  let [position, looked, bytes] = [after, 0, 0];
  return (response) => {
    if (response.hasCaughtUp()) return { events, position, caughtUp: true };
    const found = logEvent(response.getEvent(), prefix);
    if (!found) return undefined;
    // One more than fits has to be seen, to say whether anything is behind.
    if (looked >= limit || bytes >= pageCharacters) return { events, position, caughtUp: false };
    ({ position } = found.event);
    looked++;
    bytes += found.bytes;
    if (wanted?.has(found.event.type) ?? true) events.push(found.event);
    return undefined;
  };
};

/** The server has picked out the types: a checkpoint says that it has looked at as many as the limit allows. */
const takingMatches = (prefix: string, { after }: ReadAll): Taking => {
  const events: StoredEvent[] = [];
  let [position, bytes, full] = [after, 0, false];
  return (response) => {
    if (response.hasCaughtUp()) return { events, position, caughtUp: true };
    const found = logEvent(response.getEvent(), prefix);
    const reached = found?.event.position ?? checkpointOf(response);
    if (reached === undefined || (!found && reached <= position)) return undefined;
    if (full) return { events, position, caughtUp: false };
    position = reached;
    if (found) events.push(found.event);
    bytes += found?.bytes ?? 0;
    full = !found || bytes >= pageCharacters;
    return undefined;
  };
};

const checkpointOf = (response: streams.ReadResp): number | undefined => {
  const checkpoint = response.getCheckpoint();
  return checkpoint && positionOf(checkpoint.getCommitPosition());
};
